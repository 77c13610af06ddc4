/** What people do with robots: make, change, delete. Table: robots_robots. */
import { coreErrors, type Precondition, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { AuditLog, OperatorTenant, Origin } from '#plugins/auth/contract.ts';
import { robotErrors } from '../errors.ts';
import type { RobotMaking } from './robot-making.ts';
import { changedSettings, DEFAULT_SETTINGS, type SettingsPatch, settingsOf } from './robot-settings.ts';
import type { Robots } from './robots.ts';
import type { RobotRow } from './tables.ts';
import { maySee } from './visibility.ts';

export type RobotPatch = SettingsPatch & {
  name?: string;
  /** Whether a program wants it to answer by itself where nobody has set a policy. */
  isAutopilot?: boolean | undefined;
};

export interface RobotChanges {
  /** A robot of the person, without a device. Throws `limit_exceeded`, `bad_request`, `no_tenant`. */
  create(principal: Principal, wish: RobotPatch & { name: string }, origin: Origin): Promise<RobotRow>;
  /** Throws `ROBOT_NOT_FOUND`, `bad_request`, `precondition_failed`. */
  change(principal: Principal, robotId: string, patch: RobotPatch, unchanged?: Precondition): Promise<RobotRow>;
  /** Throws `ROBOT_NOT_FOUND`. */
  remove(principal: Principal, robotId: string, origin: Origin): Promise<void>;
}

/** What a version is made of: what people edit. */
export function termsOf({ robot_id, name, settings }: RobotRow): object {
  return { robot_id, name, settings };
}

export function createRobotChanges({
  db,
  clock,
  auditLog,
  operatorTenant,
  robotMaking,
  robots,
}: Services & {
  auditLog: AuditLog;
  operatorTenant: OperatorTenant;
  robotMaking: RobotMaking;
  robots: Robots;
}): RobotChanges {
  return { create, change, remove };

  async function create(
    principal: Principal,
    { name, isAutopilot = false, ...patch }: RobotPatch & { name: string },
    origin: Origin,
  ): Promise<RobotRow> {
    const settings = changedSettings(DEFAULT_SETTINGS, patch);
    const tenantId = principal.tenantId ?? (await operatorTenant.id());
    if (tenantId === null) throw coreErrors.no_tenant();
    // The root token is nobody's: what it makes is its tenant's.
    const userId = principal.userId === 0 ? null : principal.userId;
    return db.transaction(async (trx) => {
      const robot = await robotMaking.make(trx, { tenantId, userId, name, settings, isAutopilot });
      await record(trx, 'robot.created', principal, robot, origin);
      return robot;
    });
  }

  async function change(
    principal: Principal,
    robotId: string,
    { name, isAutopilot, ...patch }: RobotPatch,
    unchanged?: Precondition,
  ): Promise<RobotRow> {
    return db.transaction(async (trx) => {
      const robot = await locked(trx, principal, robotId);
      unchanged?.(termsOf(robot));
      const settings = JSON.stringify(changedSettings(settingsOf(robot), patch));
      const change = {
        settings,
        updated_at: clock.now(),
        ...(name !== undefined && { name }),
        ...(isAutopilot !== undefined && { is_autopilot: isAutopilot ? 1 : 0 }),
      };
      const [changed] = await trx('robots_robots').where({ id: robot.id }).update(change).returning('*');
      robots.changed(trx);
      return changed ?? robot;
    });
  }

  async function remove(principal: Principal, robotId: string, origin: Origin): Promise<void> {
    await db.transaction(async (trx) => {
      const robot = await locked(trx, principal, robotId);
      await robotMaking.remove(trx, robot.id);
      await record(trx, 'robot.deleted', principal, robot, origin);
    });
  }

  async function locked(trx: Transaction, principal: Principal, robotId: string): Promise<RobotRow> {
    const robot = await trx('robots_robots').where({ robot_id: robotId, status: 'active' }).forUpdate().first();
    if (!robot || !maySee(principal, robot)) throw robotErrors.ROBOT_NOT_FOUND();
    return robot;
  }

  async function record(
    trx: Transaction,
    action: string,
    actor: Principal,
    { robot_id: targetId, tenant_id: tenantId }: RobotRow,
    origin: Origin,
  ): Promise<void> {
    await auditLog.record({ action, actor, tenantId, targetType: 'robot', targetId, ...origin }, trx);
  }
}
