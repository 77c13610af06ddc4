/** Telling third parties: what is to be called back is stored as jobs with what it is about. Table: robots_callbacks. */

import type { Services, Transaction } from '#core/plugin.ts';
import { GROUP_QRCODE } from '../commands/command-types.ts';
import type { CommandHooks } from '../commands/hooks.ts';
import type { ConversationHooks } from '../conversations/hooks.ts';
import type { RobotHooks } from '../robots/hooks.ts';
import type { CallbackRow } from './tables.ts';

/** Of which kind a callback is: each has an address of its own. */
export type CallbackKind = 'message' | 'result' | 'qrcode' | 'status';

export interface RobotCallbacks {
  /** Where a robot's are called has been changed in this transaction. */
  changed(trx: Transaction): void;
}

/** The job that calls back; its payload is `CallbackJob`. */
export const CALLBACK_JOB = 'robots.callback';

export interface CallbackJob {
  robot: number;
  kind: CallbackKind;
  /** Of the message or the command; of a change of state `online` or `offline`. */
  subject: string;
  /** When it happened. */
  at: number;
  /** How often it may still be tried, when it was put off; else all tries are left. */
  triesLeft?: number;
}

type Urls = Pick<CallbackRow, 'message_url' | 'result_url' | 'status_url' | 'qrcode_url'>;
/** Of each receiver: robots that share one are called for side by side, and each in its order. */
const LANES_PER_RECEIVER = 4;
export const COLUMN: Record<CallbackKind, keyof Urls> = {
  message: 'message_url',
  result: 'result_url',
  qrcode: 'qrcode_url',
  status: 'status_url',
};

/** More robots than these and it begins again. */
const MOST_REMEMBERED = 10_000;

export function createCallbacks({
  db,
  jobs,
  clock,
  robotHooks,
  commandHooks,
  conversationHooks,
}: Services & {
  robotHooks: RobotHooks;
  commandHooks: CommandHooks;
  conversationHooks: ConversationHooks;
}): RobotCallbacks {
  /** Robots that nobody is called for, where this process is the only writer: most are, with every message. */
  const silent = new Set<number>();

  conversationHooks.messagesHeard.add((trx, receipts) =>
    enqueue(
      trx,
      receipts.map(({ robot, messageId, receivedAt }) => ({
        tenantId: robot.tenant_id,
        job: { robot: robot.id, kind: 'message', subject: messageId, at: receivedAt },
      })),
    ),
  );
  commandHooks.ended.add((trx, ended) =>
    enqueue(
      trx,
      ended.flatMap(({ robot, tenant_id, command_id, code }) =>
        (code === GROUP_QRCODE ? (['result', 'qrcode'] as const) : (['result'] as const)).map((kind) => ({
          tenantId: tenant_id,
          job: { robot, kind, subject: command_id, at: clock.now() },
        })),
      ),
    ),
  );
  robotHooks.statesChanged.add((trx, changes) =>
    enqueue(
      trx,
      changes.map(({ robot, state }) => ({
        tenantId: robot.tenant_id,
        job: { robot: robot.id, kind: 'status', subject: state, at: clock.now() },
      })),
    ),
  );
  return { changed: (trx) => db.afterCommit(trx, () => silent.clear()) };

  /** For those whose robots have an address for it. */
  async function enqueue(trx: Transaction, wanted: readonly { tenantId: string; job: CallbackJob }[]): Promise<void> {
    const robots = [...new Set(wanted.map(({ job }) => job.robot))].filter((robot) => !silent.has(robot));
    if (robots.length === 0) return;
    const rows = await trx('robots_callbacks').whereIn('robot', robots).where({ is_active: 1 });
    const known = new Map(rows.map((row) => [row.robot, row]));
    if (db.soleWriter) {
      if (silent.size + robots.length > MOST_REMEMBERED) silent.clear();
      for (const robot of robots) if (!known.has(robot)) silent.add(robot);
    }
    const due = wanted.flatMap(({ tenantId, job }) => {
      const url = known.get(job.robot)?.[COLUMN[job.kind]];
      return url ? [{ name: CALLBACK_JOB, payload: job, lane: laneOf(tenantId, job.robot, url) }] : [];
    });
    if (due.length > 0) await jobs.enqueueAll(trx, due);
  }
}

/** What is called for one robot at one receiver is called in its order; a receiver that is slow holds up itself alone. */
export function laneOf(tenantId: string, robot: number, url: string): string {
  return `${robot % LANES_PER_RECEIVER} ${tenantId} ${new URL(url).host}`;
}
