/** Activation: a code makes one robot on one device. Tables: robots_codes, robots_code_history, robots_robots. */

import { DAY_MS, isAppError } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { Origin, Suspensions } from '#plugins/auth/contract.ts';
import type { RobotsConfig } from '../config.ts';
import type { RobotLogs } from '../contract.ts';
import { robotErrors } from '../errors.ts';
import { countTry } from './brute-force-limit.ts';
import { normalCode } from './code-forms.ts';
import { lockedCode, noteInHistory, statusOf } from './code-rows.ts';
import type { RobotMaking } from './robot-making.ts';
import type { RobotTokenPair, RobotTokens } from './robot-tokens.ts';
import { isPhone, type Robots } from './robots.ts';
import { shortened } from './shown-credentials.ts';
import type { CodeRow, CodeStatus, RobotRow } from './tables.ts';

/** What a phone says of itself: the fields of the document. */
export type Device = Readonly<Record<string, string | number>> & { readonly deviceId: string };

export interface ActivationRequest {
  code: string;
  device: Device;
  /** A robot without a device that the code is meant for; without it a new one is made. */
  robotId?: string | undefined;
  origin: Origin;
}

export interface Activated {
  robot: RobotRow;
  tokens: RobotTokenPair;
  /** False when the same device has activated it before. */
  isNew: boolean;
}

export interface CodeState {
  status: CodeStatus;
  robotId: string | null;
  /** Whether this device could activate it now. */
  canActivate: boolean;
}

export interface Activations {
  /**
   * Throws `CODE_NOT_FOUND`, `CODE_DISABLED`, `CODE_EXPIRED`, `CODE_IN_USE`, `CODE_OF_OTHERS`, `ROBOT_NOT_FOUND`,
   * `ROBOT_HAS_DEVICE`, `TENANT_SUSPENDED`, `limit_exceeded`, `rate_limited`. What is refused stays in the history of the code.
   */
  activate(request: ActivationRequest): Promise<Activated>;
  /** How things stand with a code; null when there is none. Counts as a try. Throws `rate_limited`. */
  stateOf(code: string, deviceId: string, origin: Origin): Promise<CodeState | null>;
}

export function createActivations({
  db,
  clock,
  rateLimits,
  events,
  config,
  robotLogs,
  robotTokens,
  robotMaking,
  robots,
  suspensions,
}: Services & {
  config: RobotsConfig;
  robotLogs: RobotLogs;
  robotTokens: RobotTokens;
  robotMaking: RobotMaking;
  robots: Robots;
  suspensions: Suspensions;
}): Activations {
  return { activate, stateOf };

  async function activate(request: ActivationRequest): Promise<Activated> {
    const takeBack = await countTry(rateLimits, request.origin.ip);
    const code = normalCode(request.code);
    await refuseSuspended(code);
    const activated = await db
      .transaction((trx) => activateWithin(trx, code, request))
      .catch(async (error) => {
        if (isAppError(error)) await noteRefusal(code, request, error.code);
        throw error;
      });
    await takeBack();
    return activated;
  }

  async function refuseSuspended(name: string): Promise<void> {
    const code = await db.read('robots_codes').where({ code: name }).first('tenant_id');
    if (code && (await suspensions.of(code.tenant_id))) throw robotErrors.TENANT_SUSPENDED();
  }

  /** Two phones with one code take turns, on every replica: the second finds it in use. */
  async function activateWithin(trx: Transaction, name: string, request: ActivationRequest): Promise<Activated> {
    const now = clock.now();
    const { device, origin } = request;
    const code = await lockedCode(trx, name);
    await refuseUnusable(trx, code, device.deviceId, now);
    const robot = await robotFor(trx, code, request);
    const [updated] = await trx('robots_robots')
      .where({ id: robot.id })
      .update({ device: JSON.stringify(device), device_id: device.deviceId, updated_at: now })
      .returning('*');
    if (!updated) throw robotErrors.ROBOT_NOT_FOUND();
    robots.changed(trx);
    await trx('robots_codes')
      .where({ id: code.id })
      .update({
        status: 'used',
        robot: robot.id,
        device_id: device.deviceId,
        device: JSON.stringify(device),
        activations: code.activations + 1,
        first_activated_at: code.first_activated_at ?? now,
        last_activated_at: now,
        expires_at: code.expires_at ?? now + code.validity_days * DAY_MS,
      });
    await noteInHistory(trx, code.id, { what: 'activated', at: now, deviceId: device.deviceId, origin });
    if (code.device_id === null) {
      await trx('robots_refresh_tokens').where({ robot: robot.id }).delete();
      return { robot: updated, tokens: await robotTokens.issue(trx, updated), isNew: true };
    }
    // It may be somebody else who knows both: the phone goes on until the new pair is used, and its owner is told.
    await notify(trx, updated, origin);
    return { robot: updated, tokens: await robotTokens.issueBeside(trx, updated), isNew: false };
  }

  async function notify(trx: Transaction, robot: RobotRow, { ip }: Origin): Promise<void> {
    const { robot_id, name, tenant_id: tenantId } = robot;
    await events.emit(trx, 'robot.reactivated', { robot_id, name }, { tenantId, subject: robot_id });
    const message = 'The device of the robot was activated again';
    db.afterCommit(trx, () =>
      robotLogs.note({ type: 'robot', level: 'warn', message, details: { robotId: robot_id }, ip, tenantId }),
    );
  }

  async function refuseUnusable(trx: Transaction, code: CodeRow, deviceId: string, now: number): Promise<void> {
    const status = statusOf(code, now);
    if (status === 'disabled') throw robotErrors.CODE_DISABLED();
    if (status === 'expired') throw robotErrors.CODE_EXPIRED();
    if (code.device_id === null || code.device_id === deviceId) return;
    const robot = code.robot === null ? undefined : await trx('robots_robots').where({ id: code.robot }).first();
    throw robotErrors.CODE_IN_USE({
      extra: {
        existingDeviceId: config.codes.hideDevices ? shortened(code.device_id) : code.device_id,
        existingRobotId: robot?.robot_id ?? null,
        activatedAt: code.last_activated_at === null ? null : new Date(code.last_activated_at).toISOString(),
      },
    });
  }

  /** The robot that the code has made, that it is meant for, or a new one; held until the transaction ends. */
  async function robotFor(trx: Transaction, code: CodeRow, request: ActivationRequest): Promise<RobotRow> {
    const { robotId } = request;
    if (code.robot !== null) {
      const known = await trx('robots_robots').where({ id: code.robot }).forUpdate().first();
      if (known?.status !== 'active') throw robotErrors.CODE_DISABLED();
      if (robotId !== undefined && robotId !== known.robot_id) throw robotErrors.CODE_OF_OTHERS();
      return known;
    }
    if (robotId === undefined)
      return robotMaking.make(trx, { tenantId: code.tenant_id, userId: code.user_id, name: null, settings: {} });
    const meant = await trx('robots_robots').where({ robot_id: robotId }).forUpdate().first();
    if (meant?.status !== 'active' || meant.tenant_id !== code.tenant_id) throw robotErrors.ROBOT_NOT_FOUND();
    // What an account of another network has heard nobody says but that network.
    if (!isPhone(meant)) throw robotErrors.ROBOT_NOT_FOUND();
    if (code.user_id !== null && meant.user_id !== null && code.user_id !== meant.user_id)
      throw robotErrors.CODE_OF_OTHERS();
    if (meant.device_id !== null && meant.device_id !== request.device.deviceId) throw robotErrors.ROBOT_HAS_DEVICE();
    return meant;
  }

  async function noteRefusal(name: string, { device, origin }: ActivationRequest, reason: string): Promise<void> {
    const code = await db.read('robots_codes').where({ code: name }).first('id');
    if (!code) return;
    const event = { what: 'refused', at: clock.now(), deviceId: device.deviceId, reason, origin } as const;
    await db.transaction((trx) => noteInHistory(trx, code.id, event));
  }

  async function stateOf(given: string, deviceId: string, origin: Origin): Promise<CodeState | null> {
    const takeBack = await countTry(rateLimits, origin.ip);
    const code = await db
      .read('robots_codes')
      .where({ code: normalCode(given) })
      .first();
    if (!code) return null;
    await takeBack();
    const status = statusOf(code, clock.now());
    const isFree = code.device_id === null || code.device_id === deviceId;
    const robot =
      code.robot === null || !isFree ? undefined : await db.read('robots_robots').where({ id: code.robot }).first();
    return {
      status,
      robotId: robot?.robot_id ?? null,
      canActivate: isFree && (status === 'unused' || status === 'used'),
    };
  }
}
