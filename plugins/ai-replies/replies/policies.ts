/** Policies of robots, remembered until somebody changes one. Table: ai_replies_policies. */
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import { type Policy, wholePolicy } from './policy.ts';
import type { PolicyRow } from './tables.ts';

export interface KnownPolicy {
  policy: Policy;
  /** Whether somebody has set it. */
  isSet: boolean;
}

export interface Policies {
  /** What holds for a robot; with nothing set, what holds for all. */
  of(robotId: string): Promise<KnownPolicy>;
  /** Sets all of it. Throws what `unchanged` does. */
  set(robot: { robotId: string; tenantId: string }, policy: Policy, unchanged: Precondition): Promise<Policy>;
}

const POLICIES_CHANGED = 'ai-replies.policies';
const MOST_REMEMBERED = 10_000;
const NOT_SET: KnownPolicy = { policy: wholePolicy({}), isSet: false };

export function createPolicies({ db, clock, notices }: Services): Policies {
  const known = new Map<string, KnownPolicy>();
  let generation = 0;
  notices.on(POLICIES_CHANGED, forget);
  notices.onGap(forget);

  return {
    async of(robotId) {
      const found = known.get(robotId);
      if (found) return found;
      const startedIn = generation;
      const row = await db.read('ai_replies_policies').where({ robot_id: robotId }).first();
      const policy = row ? { policy: policyOf(row), isSet: true } : NOT_SET;
      if (startedIn === generation) {
        if (known.size >= MOST_REMEMBERED) known.clear();
        known.set(robotId, policy);
      }
      return policy;
    },
    set: (robot, policy, unchanged) => db.transaction((trx) => store(trx, robot, policy, unchanged)),
  };

  function forget(): void {
    generation++;
    known.clear();
  }

  async function store(
    trx: Transaction,
    { robotId, tenantId }: { robotId: string; tenantId: string },
    policy: Policy,
    unchanged: Precondition,
  ): Promise<Policy> {
    const before = await trx('ai_replies_policies').where({ robot_id: robotId }).forUpdate().first();
    unchanged(before ? policyOf(before) : NOT_SET.policy);
    const row = {
      ...{ tenant_id: tenantId, robot_id: robotId, settings: JSON.stringify(policy), updated_at: clock.now() },
    };
    await trx('ai_replies_policies').insert(row).onConflict('robot_id').merge(['tenant_id', 'settings', 'updated_at']);
    await notices.send(trx, POLICIES_CHANGED);
    return policy;
  }
}

function policyOf({ settings }: Pick<PolicyRow, 'settings'>): Policy {
  return wholePolicy(JSON.parse(settings));
}
