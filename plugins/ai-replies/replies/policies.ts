/** Policies of robots, remembered until somebody changes one. Table: ai_replies_policies. */
import { createRemembered } from '#core/kit.ts';
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import type { AnsweringRobot } from '#plugins/robots/contract.ts';
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
  /** The same without asking the database; undefined where it would have to be asked. */
  known(robotId: string): KnownPolicy | undefined;
  /** The ids of robots of a tenant for which somebody has set a policy, with it. */
  ofTenant(tenantId: string): Promise<ReadonlyMap<string, Policy>>;
  /** Sets all of it. Throws what `unchanged` does. */
  set(robot: AnsweringRobot, policy: Policy, unchanged: Precondition): Promise<Policy>;
}

let unset: KnownPolicy | undefined;
let autopilot: Policy | undefined;

function notSet(): KnownPolicy {
  unset ??= { policy: wholePolicy({}), isSet: false };
  return unset;
}

/** With nothing set a person sends each answer, unless a program has said that the robot answers by itself. */
export function policyFor(
  { policy, isSet }: KnownPolicy,
  { isAutopilot }: Pick<AnsweringRobot, 'isAutopilot'>,
): Policy {
  if (isSet || !isAutopilot) return policy;
  autopilot ??= wholePolicy({ approval: false });
  return autopilot;
}

export function createPolicies({ db, clock, notices }: Services): Policies {
  const remembered = createRemembered({
    notices,
    topic: 'ai-replies.policies',
    async load(robot_id): Promise<KnownPolicy> {
      const row = await db.read('ai_replies_policies').where({ robot_id }).first();
      return row ? { policy: policyOf(row), isSet: true } : notSet();
    },
  });

  return {
    of: remembered.of,
    known: remembered.known,
    async ofTenant(tenant_id) {
      const rows = await db.read('ai_replies_policies').where({ tenant_id });
      return new Map(rows.map((row) => [row.robot_id, policyOf(row)]));
    },
    set: (robot, policy, unchanged) => db.transaction((trx) => store(trx, robot, policy, unchanged)),
  };

  async function store(
    trx: Transaction,
    robot: AnsweringRobot,
    policy: Policy,
    unchanged: Precondition,
  ): Promise<Policy> {
    const { robotId, tenantId } = robot;
    const before = await trx('ai_replies_policies').where({ robot_id: robotId }).forUpdate().first();
    unchanged(before ? policyOf(before) : policyFor(notSet(), robot));
    const row = {
      tenant_id: tenantId,
      robot_id: robotId,
      settings: JSON.stringify(policy),
      updated_at: clock.now(),
    };
    await trx('ai_replies_policies').insert(row).onConflict('robot_id').merge(['tenant_id', 'settings', 'updated_at']);
    await remembered.changed(trx, robotId);
    return policy;
  }
}

function policyOf({ settings }: Pick<PolicyRow, 'settings'>): Policy {
  return wholePolicy(JSON.parse(settings));
}
