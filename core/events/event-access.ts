/** Who may see which events on the live stream: what their routes would show them, and nothing that is not declared. */

import { refusalOf, type ScopedAccess } from '../access/access.ts';
import { isSuperadmin, type Principal } from '../access/principal.ts';
import type { Clock } from '../clock.ts';
import { isUnavailable } from '../database/database-errors.ts';
import { AppError, coreErrors, isAppError } from '../errors.ts';
import { inTime, LateError } from '../in-time.ts';
import type { Logger } from '../observability/log.ts';
import type { CloudEvent } from './events.ts';
import type { LiveTopic } from './live-topics.ts';

/** Events that no plugin declares: those that workflows emit and people publish. */
const UNDECLARED = '*';

export interface EventSight {
  /** Whether the principal may see the event. Its own tenant's alone; super-admins see those of all. */
  maySee(event: CloudEvent, principal: Principal): Promise<boolean>;
  /** Whether the principal may see events of the type at all; of each one `maySee` decides. */
  mayKnow(type: string, principal: Principal): boolean;
  /** Throws `forbidden` or `insufficient_scope` when there is nothing under the topic that the principal may see. */
  checkTopic(topic: LiveTopic, principal: Principal): Promise<void>;
  /** Makes known that a plugin emits a type; without a rule only super-admins see it. */
  declare(type: string): void;
  /** Says who sees events of a type, or of all that nobody declares (`*`). */
  allow(type: string, rule: EventRule | 'superadmin'): void;
}

/** Who may see an event of one type, given the services of its plugin. */
export interface EventRule extends ScopedAccess {
  isFor?(event: CloudEvent, principal: Principal): boolean | Promise<boolean>;
  mayFollow?(subject: string, principal: Principal): boolean | Promise<boolean>;
}

type Rule = EventRule | 'superadmin';

/** A rule asks the database at most; whoever takes longer than any busy one never answers. */
const JUDGED_MS = 10_000;
/** So long it is not asked again, and what follows on the same stream waits for nobody. */
const SILENT_MS = 60_000;

export function createEventSight({ clock, log }: { clock: Clock; log: Logger }): EventSight {
  /** Of types whose rule has thrown: said once. */
  const told = new Set<string>();
  /** Types whose rule has not answered, until when nobody asks it. */
  const silentUntil = new Map<string, number>();
  const declared = new Set<string>();
  const rules = new Map<string, Rule>();
  return {
    declare: (type) => void declared.add(type),
    allow: (type, rule) => void rules.set(type, rule),
    mayKnow(type, principal) {
      const rule = ruleOf(type);
      return rule === 'superadmin' ? isSuperadmin(principal) : refusalOf(rule, principal) === null;
    },
    async maySee(event, principal) {
      const rule = ruleOf(event.type);
      if (rule === 'superadmin') return isSuperadmin(principal);
      if (!isSuperadmin(principal) && !isTheirs(event, rule, principal)) return false;
      if (refusalOf(rule, principal)) return false;
      return judged(event, rule, principal);
    },
    async checkTopic(topic, principal) {
      const found = topic.isPrefix ? typesUnder(topic.type).map(ruleOf) : [ruleOf(topic.type)];
      const refusals = found.map((rule) => refusalOf(rule, principal));
      const refused = refusals.find((refusal) => refusal !== null);
      if (refused && refusals.every((refusal) => refusal !== null)) throw named(refused, topic);
      const [rule] = found;
      if (topic.isPrefix || topic.subject === null || !rule || rule === 'superadmin' || !rule.mayFollow) return;
      if (!(await mayFollow(topic.subject, rule, principal))) throw named(coreErrors.forbidden(), topic);
    },
  };

  /** A topic that its rule cannot judge is nobody's, and costs nobody the wait for it. */
  async function mayFollow(subject: string, rule: EventRule, principal: Principal): Promise<boolean> {
    try {
      return await inTime(() => rule.mayFollow?.(subject, principal) ?? true, JUDGED_MS);
    } catch (error) {
      if (isUnavailable(error) || isAppError(error)) throw error;
      log.error({ err: error, subject }, 'A rule cannot say whether a caller may follow a topic');
      return false;
    }
  }

  /**
   * An event that its rule cannot judge is shown to nobody, and costs nobody the stream. Only a database that cannot be
   * reached does: there the reader comes back and is told later.
   */
  async function judged(event: CloudEvent, rule: EventRule, principal: Principal): Promise<boolean> {
    if (!rule.isFor) return true;
    if (clock.elapsed() < (silentUntil.get(event.type) ?? 0)) return false;
    try {
      return await inTime(() => rule.isFor?.(event, principal) ?? true, JUDGED_MS);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      if (error instanceof LateError) silentUntil.set(event.type, clock.elapsed() + SILENT_MS);
      if (!told.has(event.type))
        log.error(
          { err: error, event: event.id, type: event.type },
          'Nobody is shown events of a type whose rule fails',
        );
      told.add(event.type);
      return false;
    }
  }

  /** Types that are known and begin so; one that nobody declares stands for all of those. */
  function typesUnder(prefix: string): string[] {
    return [...new Set([...declared, ...rules.keys(), UNDECLARED])].filter(
      (type) => type === UNDECLARED || type.startsWith(prefix),
    );
  }

  function ruleOf(type: string): Rule {
    return rules.get(type) ?? (declared.has(type) ? undefined : rules.get(UNDECLARED)) ?? 'superadmin';
  }
}

/** Of their own tenant. What belongs to no tenant is for those without one, as far as the rule knows whose it is. */
function isTheirs(event: CloudEvent, rule: EventRule, { tenantId }: Principal): boolean {
  return (event.tenantid ?? null) === tenantId && (tenantId !== null || rule.isFor !== undefined);
}

function named(refusal: AppError, { text }: LiveTopic): AppError {
  const { code, status, extra } = refusal;
  return new AppError(code, `You may not follow '${text}': ${refusal.message}`, {
    status,
    isSpecific: true,
    extra: { ...extra, topic: text },
  });
}
