/**
 * Callbacks: calling third parties, signed when they want it: one try. When the next one is, its job says (`jobs.ts`, with the
 * delays of `core/jobs/jobs.ts`). Each message and result has an id that stays the same over all tries. What a receiver answers to a
 * message with is sent to the room it was heard in, once.
 * Table: robots_callbacks.
 */

import { isAppError, type JobContext, once, sanitizeText } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { Suspensions } from '#plugins/auth/contract.ts';
import { splitFor } from '../commands/channel-text.ts';
import { SEND_MESSAGE, SEND_TYPES } from '../commands/command-types.ts';
import type { RobotCommands, RobotLogs } from '../contract.ts';
import type { Handover } from '../conversations/handover.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import type { RobotRow } from '../robots/tables.ts';
import { textsOf } from '../serialization.ts';
import { type CallbackBodies, hasPicture, type ReceivedRow } from './bodies.ts';
import { CALLBACK_JOB, type CallbackJob, COLUMN, laneOf } from './callbacks.ts';
import { SECRET_PURPOSE } from './settings.ts';
import { signatureHeaders } from './signature.ts';
import type { CallbackSlots } from './slots.ts';
import type { CallbackRow } from './tables.ts';

export interface CallbackCalls {
  /** One try. Throws when the receiver did not take it: the job tries again. */
  call(call: CallbackJob, job: Pick<JobContext, 'attempt' | 'signal' | 'log'>): Promise<void>;
}

export const CALLBACK_TRIES = 8;
/** Integration document: who is called back answers within 3 s. */
const TIMEOUT_MS = 3_000;
const MAX_ANSWER_BYTES = 128 * 1024;
/** What carries a picture takes so many places. */
const PICTURE_WEIGHT = 5;
const BUSY_MS = 500;
/** Of a tenant that is suspended nobody is called; it is looked at again then. */
const SUSPENDED_MS = 10 * 60_000;
const REPLY_MAX = 20_000;
const CUT = 'The answer of a callback was too long: its end was not sent';
const NAMES_MAX = 200;
const LONGEST_NAME = 200;
/** No try comes later than this after the first. */
const REPLY_KEPT_MS = 7 * 24 * 3600_000;

interface Wait {
  lane: string;
  waitMs: number;
}

interface Reply {
  text: string;
  atList: string[];
}

export function createCallbackCalls({
  db,
  clock,
  jobs,
  outbound,
  secrets,
  usage,
  robotCallbackBodies,
  robotCallbackSlots,
  robotCommands,
  robotLogs,
  handover,
  suspensions,
}: Services & {
  robotCallbackBodies: CallbackBodies;
  robotCallbackSlots: CallbackSlots;
  robotCommands: RobotCommands;
  robotLogs: RobotLogs;
  handover: Handover;
  suspensions: Suspensions;
}): CallbackCalls {
  return {
    async call(call, job) {
      const [robot, settings] = await Promise.all([
        db.read('robots_robots').where({ id: call.robot }).first(),
        db.read('robots_callbacks').where({ robot: call.robot, is_active: 1 }).first(),
      ]);
      const url = settings?.[COLUMN[call.kind]];
      if (!url || robot?.status !== 'active') return;
      const lane = laneOf(robot.tenant_id, robot.id, url);
      if (await suspensions.of(robot.tenant_id)) return later(call, job.attempt, { lane, waitMs: SUSPENDED_MS });
      const told = await robotCallbackBodies.of(call, robot);
      if (!told) return;
      const weight = told.message && hasPicture(told.message) ? PICTURE_WEIGHT : 1;
      const leave = robotCallbackSlots.enter(robot.tenant_id, weight);
      if (!leave) return later(call, job.attempt, { lane, waitMs: BUSY_MS });
      try {
        const fileBase64 = await robotCallbackBodies.pictureOf(told.message);
        const body = Buffer.from(JSON.stringify({ ...told.body, ...(fileBase64 !== null && { fileBase64 }) }));
        const reply = await post(url, settings, body, job.signal);
        if (reply && told.message) await send(reply, told.message, robot, job);
      } finally {
        leave();
      }
    },
  };

  /** Nothing was tried, so no try is lost. */
  async function later(call: CallbackJob, attempt: number, { lane, waitMs }: Wait): Promise<void> {
    const triesLeft = (call.triesLeft ?? CALLBACK_TRIES) - (attempt - 1);
    const options = { runAt: clock.now() + waitMs, lane, maxAttempts: triesLeft };
    await db.transaction((trx) => jobs.enqueue(trx, CALLBACK_JOB, { ...call, triesLeft }, options));
  }

  async function post(url: string, settings: CallbackRow, body: Buffer, signal: AbortSignal): Promise<Reply | null> {
    const secret = settings.is_signed === 1 && settings.secret ? secrets.open(SECRET_PURPOSE, settings.secret) : null;
    const answer = await outbound.request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(secret && signatureHeaders(secret.toString(), body, clock.now())),
      },
      body,
      signal,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
      redirects: 0,
    });
    if (answer.status >= 300) throw new Error(`The callback was answered with ${answer.status}`);
    return replyOf(answer.text());
  }

  /** Not to a conversation that a person has taken over meanwhile, nor to who wants to hear no more. */
  async function send(
    reply: Reply,
    message: ReceivedRow,
    robot: RobotRow,
    { log }: Pick<JobContext, 'log'>,
  ): Promise<void> {
    const now = clock.now();
    const room = message.group_name || message.person;
    if (room === '') return;
    if ((await usage.room(robot.tenant_id, ROBOT_COMMANDS)) === 'none')
      return log.warn(
        { robot: robot.robot_id },
        'The answer of a callback was not sent: the plan has no commands left',
      );
    const repeatable = {
      scope: `robots.reply/${robot.id}`,
      key: message.message_id,
      request: null,
      now,
      keptMs: REPLY_KEPT_MS,
    };
    const { robot_id: robotId, tenant_id: tenantId } = robot;
    const text = sanitizeText(reply.text, REPLY_MAX);
    const commands = splitFor(robot.channel, text).map((content) => ({
      robotId,
      tenantId,
      origin: 'callback' as const,
      code: SEND_TYPES.text,
      type: SEND_MESSAGE,
      params: { type: 'text', titleList: [room], content, atList: reply.atList },
      answers: { group: message.group_name, person: message.person },
    }));
    try {
      await db.transaction(async (trx) => {
        if (await handover.isAutomaticWithin(trx, message.conversation))
          await once(trx, repeatable, () => robotCommands.sendWithin(trx, commands));
      });
      if (text.length < reply.text.length)
        robotLogs.note({ type: 'robot', level: 'warn', message: CUT, details: { robotId, most: REPLY_MAX }, tenantId });
    } catch (error) {
      // Refused, and so it would be the next time: the receiver has taken the message all the same.
      if (!isAppError(error)) throw error;
      log.warn({ err: error, robot: robot.robot_id }, 'The answer of a callback could not be sent');
    }
  }
}

/** `{reply, atList?}` in the answer; what is anything else is no reply. */
function replyOf(text: string): Reply | null {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof answer !== 'object' || answer === null) return null;
  const { reply, atList }: { reply?: unknown; atList?: unknown } = answer;
  if (typeof reply !== 'string' || reply.trim() === '') return null;
  const names = textsOf(atList).slice(0, NAMES_MAX);
  return { text: reply, atList: names.map((name) => sanitizeText(name, LONGEST_NAME)) };
}
