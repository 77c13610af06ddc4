/** Where third parties are called for a robot, and with which secret. Table: robots_callbacks. */

import { OutboundError } from '#core/kit.ts';
import { coreErrors, type Services } from '#core/plugin.ts';
import { robotErrors } from '../errors.ts';
import type { RobotRow } from '../robots/tables.ts';
import { type CallbackKind, COLUMN, type RobotCallbacks } from './callbacks.ts';
import type { CallbackRow } from './tables.ts';

export interface CallbackWish {
  /** What is not named stays as it is; null or '' ends it. */
  urls: Partial<Record<CallbackKind, string | null>>;
  isSigned?: boolean;
  isActive?: boolean;
  secret?: string;
}

export interface CallbackSettings {
  /** Null when nothing was set. */
  of(robot: number): Promise<CallbackRow | null>;
  /** Throws `CALLBACK_URL_REFUSED`, and `bad_request` when it is to be signed without a secret. */
  change(robot: Pick<RobotRow, 'id'>, wish: CallbackWish): Promise<void>;
}

/** What the secrets are sealed for. */
export const SECRET_PURPOSE = 'robots.callback';

export function createCallbackSettings({
  db,
  clock,
  outbound,
  secrets,
  robotCallbacks,
}: Services & { robotCallbacks: RobotCallbacks }): CallbackSettings {
  return { of, change };

  async function of(robot: number): Promise<CallbackRow | null> {
    return (await db.read('robots_callbacks').where({ robot }).first()) ?? null;
  }

  async function change({ id: robot }: Pick<RobotRow, 'id'>, wish: CallbackWish): Promise<void> {
    const changes = { ...(await urlsOf(wish)), ...flagsOf(wish), updated_at: clock.now() };
    await db.transaction(async (trx) => {
      // Whoever changes it at the same time waits here, also where there is no row yet.
      await trx('robots_callbacks').insert({ robot, updated_at: clock.now() }).onConflict('robot').ignore();
      const [row] = await trx('robots_callbacks').where({ robot }).update(changes).returning('*');
      if (row?.is_signed === 1 && row.secret === null)
        throw coreErrors.bad_request({ message: 'A signature needs a secretKey' });
      robotCallbacks.changed(trx);
    });
  }

  async function urlsOf({ urls }: CallbackWish): Promise<Partial<CallbackRow>> {
    const changes: Partial<CallbackRow> = {};
    for (const kind of KINDS) {
      const url = urls[kind];
      if (url === undefined) continue;
      if (url) await refuseInside(url);
      changes[COLUMN[kind]] = url || null;
    }
    return changes;
  }

  async function refuseInside(url: string): Promise<void> {
    try {
      await outbound.check(url);
    } catch (error) {
      if (error instanceof OutboundError) throw robotErrors.CALLBACK_URL_REFUSED();
      throw error;
    }
  }

  function flagsOf({ isSigned, isActive, secret }: CallbackWish): Partial<CallbackRow> {
    return {
      ...(isSigned !== undefined && { is_signed: isSigned ? 1 : 0 }),
      ...(isActive !== undefined && { is_active: isActive ? 1 : 0 }),
      ...(secret !== undefined && { secret: secrets.seal(SECRET_PURPOSE, secret) }),
    };
  }
}

const KINDS = ['message', 'result', 'status', 'qrcode'] as const satisfies CallbackKind[];
