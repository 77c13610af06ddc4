/** How often a robot may answer: in a room within minutes, and with models in a day. Tables: ai_replies_replies, ai_replies_spend. */
import { epochDay, timeWindow } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { PendingWrites } from '../models/pending-writes.ts';
import { isFirstOfDay } from './once-per-day.ts';
import type { Policy } from './policy.ts';

export interface ReplyLimits {
  /** Whether the room has had as many answers as the policy allows, and until when it has a pause; null without one. */
  room(room: string, policy: Policy): Promise<{ isFull: boolean; pauseUntil: number | null }>;
  /** Whether the robot may ask models today; tells once each of 50, 80 and 100 %. */
  hasCallsLeft(robot: LimitedRobot): Promise<boolean>;
  /** For one answer: the same, and of many at once as many as are left have one. To be ended when it is made. */
  taking(): CallTaking;
}

export interface CallTaking extends Pick<ReplyLimits, 'hasCallsLeft'> {
  end(): void;
}

export interface LimitedRobot {
  id: string;
  tenantId: string;
  /** Calls of a day. */
  limit: number;
}

const MOST_REMEMBERED = 10_000;
const STEPS = [50, 80, 100] as const;

export function createReplyLimits({
  db,
  clock,
  events,
  pendingWrites,
}: Services & { pendingWrites: PendingWrites }): ReplyLimits {
  /** Answers of a robot that this process makes, and may not have counted yet. */
  const underWay = new Map<string, number>();
  /** Steps that this process has told of already, or has found told. */
  const told = new Set<string>();

  return {
    async room(room, { rate, cool_down_seconds: coolDownSeconds }) {
      const now = clock.now();
      const pauseMs = coolDownSeconds * 1000;
      const windowMs = rate.minutes * 60_000;
      const sent = await db
        .read('ai_replies_replies')
        .where({ room })
        .whereRaw("state = 'sent'")
        .whereBetween('sent_at', timeWindow(now, Math.max(windowMs, pauseMs)))
        .orderBy('sent_at', 'desc')
        .limit(rate.answers)
        .select('sent_at');
      const times = sent.map(({ sent_at }) => sent_at ?? 0);
      const [last = 0] = times;
      const isFull = times.filter((at) => at > now - windowMs).length >= rate.answers;
      return { isFull, pauseUntil: last + pauseMs > now ? last + pauseMs : null };
    },
    hasCallsLeft: async (robot) => (await usedBy(robot)) + (underWay.get(robot.id) ?? 0) < robot.limit,
    taking() {
      let isOver = false;
      const taken: string[] = [];
      return {
        async hasCallsLeft(robot) {
          const { id, limit } = robot;
          // What ends while it is read may not be in what was used yet.
          const before = underWay.get(id) ?? 0;
          const used = await usedBy(robot);
          // From here on nothing waits: of many at once each sees what the others have taken.
          const now = underWay.get(id) ?? 0;
          if (used + Math.max(before, now) >= limit) return false;
          if (isOver) return true;
          underWay.set(id, now + 1);
          taken.push(id);
          return true;
        },
        end() {
          isOver = true;
          // Until its calls are counted.
          if (taken.length > 0) void pendingWrites.settled().then(() => taken.splice(0).forEach(release));
        },
      };
    },
  };

  function release(id: string): void {
    const left = (underWay.get(id) ?? 0) - 1;
    if (left > 0) underWay.set(id, left);
    else underWay.delete(id);
  }

  /** Calls of today that are counted; tells of the steps that they have reached. */
  async function usedBy({ id, tenantId, limit }: LimitedRobot): Promise<number> {
    const now = clock.now();
    const spend = await db
      .read('ai_replies_spend')
      .where({ tenant_id: tenantId, kind: 'robot', subject: id, day: epochDay(now) })
      .first('calls');
    const used = Number(spend?.calls ?? 0);
    for (const percent of STEPS)
      if (used * 100 >= limit * percent) await notify({ id, tenantId, limit, used }, percent);
    return used;
  }

  async function notify(
    { id, tenantId, limit, used }: { id: string; tenantId: string; limit: number; used: number },
    percent: (typeof STEPS)[number],
  ): Promise<void> {
    const now = clock.now();
    const step = `${id} ${percent} ${epochDay(now)}`;
    if (told.has(step)) return;
    await db.transaction(async (trx) => {
      if (!(await isFirstOfDay(trx, id, `daily ${percent}`, now))) return;
      const data = { kind: 'daily' as const, subject: id, percent, used, limit };
      await events.emit(trx, 'ai.limit.reached', data, { tenantId, subject: id });
    });
    if (told.size >= MOST_REMEMBERED) told.clear();
    told.add(step);
  }
}
