/** Telling third parties: what is to be called back is stored as jobs with what it is about. Table: robots_callbacks. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { CallbackRow, CommandRow } from '../tables.ts';
import { GROUP_QRCODE } from './command-types.ts';
import type { MessageReceipt } from './heard-message.ts';

/** Of which kind a callback is: each has an address of its own. */
export type CallbackKind = 'message' | 'result' | 'qrcode' | 'status';

export interface RobotCallbacks {
  messagesHeard(trx: Transaction, receipts: readonly MessageReceipt[]): Promise<void>;
  commandsFinished(
    trx: Transaction,
    finished: readonly Pick<CommandRow, 'robot' | 'tenant_id' | 'command_id' | 'code'>[],
  ): Promise<void>;
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
}

type Urls = Pick<CallbackRow, 'message_url' | 'result_url' | 'status_url' | 'qrcode_url'>;
const COLUMN: Record<CallbackKind, keyof Urls> = {
  message: 'message_url',
  result: 'result_url',
  qrcode: 'qrcode_url',
  status: 'status_url',
};

export function createCallbacks({ jobs, clock }: Services): RobotCallbacks {
  return {
    messagesHeard: (trx, receipts) =>
      enqueue(
        trx,
        receipts.map(({ robot, messageId, receivedAt }) => ({
          tenantId: robot.tenant_id,
          job: { robot: robot.id, kind: 'message', subject: messageId, at: receivedAt },
        })),
      ),
    commandsFinished: (trx, finished) =>
      enqueue(
        trx,
        finished.flatMap(({ robot, tenant_id, command_id, code }) =>
          (code === GROUP_QRCODE ? (['result', 'qrcode'] as const) : (['result'] as const)).map((kind) => ({
            tenantId: tenant_id,
            job: { robot, kind, subject: command_id, at: clock.now() },
          })),
        ),
      ),
  };

  /** For those whose robots have an address for it; who has none costs a look into an index. */
  async function enqueue(trx: Transaction, wanted: readonly { tenantId: string; job: CallbackJob }[]): Promise<void> {
    const robots = [...new Set(wanted.map(({ job }) => job.robot))];
    const rows = await trx('robots_callbacks').whereIn('robot', robots).where({ is_active: 1 });
    if (rows.length === 0) return;
    const known = new Map(rows.map((row) => [row.robot, row]));
    const due = wanted.filter(({ job }) => known.get(job.robot)?.[COLUMN[job.kind]]);
    if (due.length > 0)
      await jobs.enqueueAll(
        trx,
        due.map(({ tenantId, job }) => ({ name: CALLBACK_JOB, payload: job, lane: tenantId })),
      );
  }
}
