/** Who may see which events on the live stream: what their routes would show them, and nothing that is not declared. */
import { isAppError } from '../errors.ts';
import { checkAccess, type ScopedAccess } from '../http/access.ts';
import { isSuperadmin, type Principal } from '../http/principal.ts';
import type { CloudEvent } from './events.ts';

/** Events that no plugin declares: those that workflows emit and people publish. */
export const UNDECLARED = '*';

export interface EventSight {
  /** Whether the principal may see the event. Its own tenant's alone; super-admins see those of all. */
  maySee(event: CloudEvent, principal: Principal): Promise<boolean>;
  /** Makes known that a plugin emits a type; without a rule only super-admins see it. */
  declare(type: string): void;
  /** Says who sees events of a type, or of all that nobody declares (`*`). */
  allow(type: string, rule: EventRule | 'superadmin'): void;
}

/** Who may see an event of one type, given the services of its plugin. */
export interface EventRule extends ScopedAccess {
  isFor?(event: CloudEvent, principal: Principal): boolean | Promise<boolean>;
}

type Rule = EventRule | 'superadmin';

export function createEventSight(): EventSight {
  const declared = new Set<string>();
  const rules = new Map<string, Rule>();
  return {
    declare: (type) => void declared.add(type),
    allow: (type, rule) => void rules.set(type, rule),
    async maySee(event, principal) {
      const rule = ruleOf(event.type);
      if (rule === 'superadmin') return isSuperadmin(principal);
      const isTheirs = principal.tenantId !== null && event.tenantid === principal.tenantId;
      if (!isTheirs && !isSuperadmin(principal)) return false;
      if (!mayPass(rule, principal)) return false;
      return (await rule.isFor?.(event, principal)) ?? true;
    },
  };

  function ruleOf(type: string): Rule {
    return rules.get(type) ?? (declared.has(type) ? undefined : rules.get(UNDECLARED)) ?? 'superadmin';
  }
}

function mayPass(rule: EventRule, principal: Principal): boolean {
  try {
    checkAccess(rule, principal);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
