/** Who may see which events on the live stream: what their routes would show them, and nothing that is not declared. */
import { isAppError } from '../errors.ts';
import { checkAccess } from '../http/access.ts';
import { isSuperadmin, type Principal } from '../http/principal.ts';
import type { EventAccess, Plugin, Services } from '../plugin.ts';
import type { CloudEvent } from './events.ts';

/** Events that no plugin declares: those that workflows emit and people publish. */
export const UNDECLARED = '*';

export interface EventSight {
  /** Whether the principal may see the event. Its own tenant's alone; super-admins see those of all. */
  maySee(event: CloudEvent, principal: Principal): Promise<boolean>;
}

type Rule = EventAccess | 'superadmin';

export function createEventSight(plugins: readonly Plugin[], services: Services): EventSight {
  const declared = new Set(plugins.flatMap(({ events }) => Object.keys(events ?? {})));
  const rules = new Map<string, Rule>(plugins.flatMap(({ eventAccess }) => Object.entries(eventAccess ?? {})));

  return {
    async maySee(event, principal) {
      const rule = ruleOf(event.type);
      if (rule === 'superadmin') return isSuperadmin(principal);
      const isTheirs = principal.tenantId !== null && event.tenantid === principal.tenantId;
      if (!isTheirs && !isSuperadmin(principal)) return false;
      if (!mayPass(rule, principal)) return false;
      return (await rule.isFor?.(event as never, principal, services)) ?? true;
    },
  };

  function ruleOf(type: string): Rule {
    return rules.get(type) ?? (declared.has(type) ? undefined : rules.get(UNDECLARED)) ?? 'superadmin';
  }
}

function mayPass(rule: EventAccess, principal: Principal): boolean {
  try {
    checkAccess(rule, principal);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
