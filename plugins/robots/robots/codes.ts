/** What administrators do with activation codes: generate, unbind, disable; and their end. Tables: robots_codes, robots_code_history. */
import { coreErrors, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { AuditLog, OperatorTenant, Origin, People } from '#plugins/auth/contract.ts';
import type { RobotsConfig } from '../config.ts';
import { robotErrors } from '../errors.ts';
import { newCode, normalCode, priceOf } from './code-forms.ts';
import { lockedCode, noteInHistory } from './code-rows.ts';
import type { RobotTokens } from './robot-tokens.ts';
import type { Robots } from './robots.ts';
import type { CodeHistoryRow, CodeRow, RobotRow } from './tables.ts';

export interface CodesWish {
  count: number;
  /** Days from the first activation. */
  validityDays: number;
  /** Integer key of the person whose robots they make; null: those of the administrator's tenant. */
  userId: number | null;
}

export interface Unbound {
  deviceId: string;
  robotId: string | null;
  at: number;
}

export interface Codes {
  /** Throws `USER_NOT_FOUND`, `no_tenant`. */
  generate(actor: Principal, wish: CodesWish, origin: Origin): Promise<CodeRow[]>;
  /** Takes the device off: its tokens end, the code is free for another one. Throws `CODE_NOT_FOUND`, `NOT_BOUND`. */
  unbind(actor: Principal, code: string, reason: string, origin: Origin): Promise<Unbound>;
  /** It activates nothing any more, and its robot's tokens end. Repeated, it has no second effect. Throws `CODE_NOT_FOUND`. */
  disable(actor: Principal, code: string, origin: Origin): Promise<void>;
  /** Oldest first, at most 1 000. Throws `CODE_NOT_FOUND`. */
  historyOf(code: string): Promise<CodeHistoryRow[]>;
  /** Ends codes whose time is over, and the tokens of their robots, some at a time; gives how many. */
  expireSome(most: number): Promise<number>;
  /** Takes that back of some whose time is not over: a clock that was ahead has ended them; gives how many. */
  reinstateSome(most: number): Promise<number>;
}

export function createCodes({
  db,
  clock,
  config,
  auditLog,
  people,
  operatorTenant,
  robotTokens,
  robots,
}: Services & {
  config: RobotsConfig;
  auditLog: AuditLog;
  people: People;
  operatorTenant: OperatorTenant;
  robotTokens: RobotTokens;
  robots: Robots;
}): Codes {
  return { generate, unbind, disable, historyOf, expireSome, reinstateSome };

  async function generate(actor: Principal, wish: CodesWish, origin: Origin): Promise<CodeRow[]> {
    const tenantId = wish.userId === null ? await tenantOf(actor) : await tenantOfUser(wish.userId);
    const now = clock.now();
    const codes = Array.from({ length: wish.count }, () => ({
      code: newCode(),
      tenant_id: tenantId,
      user_id: wish.userId,
      status: 'unused' as const,
      validity_days: wish.validityDays,
      price: priceOf(config.codes.prices, wish.validityDays),
      created_at: now,
    }));
    return db.transaction(async (trx) => {
      const made: CodeRow[] = [];
      for (let start = 0; start < codes.length; start += AT_ONCE)
        made.push(
          ...(await trx('robots_codes')
            .insert(codes.slice(start, start + AT_ONCE))
            .returning('*')),
        );
      const detail = { count: wish.count, days: wish.validityDays, user: wish.userId };
      await auditLog.record({ action: 'robot_codes.generated', actor, tenantId, detail, ...origin }, trx);
      return made;
    });
  }

  async function unbind(actor: Principal, name: string, reason: string, origin: Origin): Promise<Unbound> {
    return db.transaction(async (trx) => {
      const now = clock.now();
      const code = await lockedCode(trx, normalCode(name));
      if (code.device_id === null) throw robotErrors.NOT_BOUND();
      const free = { device_id: null, device: null };
      const status = code.status === 'used' ? ('unused' as const) : code.status;
      await trx('robots_codes')
        .where({ id: code.id })
        .update({ ...free, status });
      const robot = await endTokens(trx, code.robot);
      if (robot)
        await trx('robots_robots')
          .where({ id: robot.id })
          .update({ ...free, updated_at: now });
      robots.changed(trx);
      const event = { what: 'unbound', at: now, deviceId: code.device_id, actor: actor.id, reason, origin } as const;
      await noteInHistory(trx, code.id, event);
      await record(trx, 'robot_code.unbound', actor, code, origin);
      return { deviceId: code.device_id, robotId: robot?.robot_id ?? null, at: now };
    });
  }

  async function disable(actor: Principal, name: string, origin: Origin): Promise<void> {
    await db.transaction(async (trx) => {
      const code = await lockedCode(trx, normalCode(name));
      if (code.status === 'disabled') return;
      await trx('robots_codes').where({ id: code.id }).update({ status: 'disabled' });
      await endTokens(trx, code.robot);
      await noteInHistory(trx, code.id, { what: 'disabled', at: clock.now(), actor: actor.id, origin });
      await record(trx, 'robot_code.disabled', actor, code, origin);
    });
  }

  async function historyOf(name: string): Promise<CodeHistoryRow[]> {
    const code = await db
      .read('robots_codes')
      .where({ code: normalCode(name) })
      .first('id');
    if (!code) throw robotErrors.CODE_NOT_FOUND();
    return db.read('robots_code_history').where({ code: code.id }).orderBy('id').limit(MOST_EVENTS);
  }

  async function expireSome(most: number): Promise<number> {
    const now = clock.now();
    return db.transaction(async (trx) => {
      const over = await trx('robots_codes')
        .whereRaw(`status in ('unused', 'used')`)
        .where('expires_at', '<=', now)
        .orderBy('expires_at')
        .limit(most)
        .forUpdate();
      for (const code of over) {
        await trx('robots_codes').where({ id: code.id }).update({ status: 'expired' });
        await endTokens(trx, code.robot);
        await noteInHistory(trx, code.id, { what: 'expired', at: now, deviceId: code.device_id });
      }
      return over.length;
    });
  }

  async function reinstateSome(most: number): Promise<number> {
    const now = clock.now();
    return db.transaction(async (trx) => {
      const early = await trx('robots_codes')
        .whereRaw(`status = 'expired'`)
        .where('expires_at', '>', now)
        .orderBy('expires_at')
        .limit(most)
        .forUpdate();
      for (const code of early) {
        const status = code.device_id === null ? ('unused' as const) : ('used' as const);
        await trx('robots_codes').where({ id: code.id }).update({ status });
        await trx('robots_code_history').where({ code: code.id, what: 'expired' }).delete();
      }
      return early.length;
    });
  }

  /** Of the robot, unless it has another code that counts; gives the robot. */
  async function endTokens(trx: Transaction, id: number | null): Promise<RobotRow | null> {
    if (id === null) return null;
    const robot = await trx('robots_robots').where({ id }).forUpdate().first();
    const other = await trx('robots_codes')
      .where({ robot: id, status: 'used' })
      .whereNotNull('device_id')
      .where('expires_at', '>', clock.now())
      .first('id');
    if (!robot || other) return null;
    await robotTokens.end(trx, id);
    return robot;
  }

  async function tenantOf({ tenantId }: Principal): Promise<string> {
    const found = tenantId ?? (await operatorTenant.id());
    if (found === null) throw coreErrors.no_tenant();
    return found;
  }

  async function tenantOfUser(id: number): Promise<string> {
    const user = await people.userById(id);
    const tenant = user && (await people.tenantById(user.tenant_id));
    if (!tenant) throw robotErrors.USER_NOT_FOUND();
    return tenant.uuid;
  }

  async function record(
    trx: Transaction,
    action: string,
    actor: Principal,
    { code: targetId, tenant_id: tenantId }: CodeRow,
    origin: Origin,
  ): Promise<void> {
    // Reason and device stand in the history of the code, which is erased with whom it is about.
    await auditLog.record({ action, actor, tenantId, targetType: 'robot_code', targetId, ...origin }, trx);
  }
}

/** Rows of one statement. */
const AT_ONCE = 100;
const MOST_EVENTS = 1_000;
