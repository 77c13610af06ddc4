/**
 * What was promised to customers and would be kept by nobody: answers whose jobs are gone or have failed for good, calls of tools
 * that nobody decides on or whose outcome nobody knows. A person takes over. Tables: ai_replies_turns, ai_replies_replies,
 * ai_replies_tool_calls.
 */
import type { Knex } from 'knex';
import { CLOCK_TOLERANCE_MS } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { Conversations } from '#plugins/robots/contract.ts';
import type { AiRepliesConfig } from '../config.ts';
import { PERFORM, type ToolApprovals } from '../tools/approvals.ts';
import type { ToolCallRow } from '../tools/tables.ts';
import { handoverSentence } from './handover-sentence.ts';
import { type Outcomes, SEND_JOB } from './outcomes.ts';
import type { Policies } from './policies.ts';
import type { Replier } from './replier.ts';
import { ANSWER_JOB, type Turns } from './turns.ts';

export interface Overdue {
  /** Lets people take over whatever is overdue, a bounded number of each. */
  handOver(): Promise<void>;
  /** An answer that was ready cannot be sent: a person takes over. */
  giveUpReply(uuid: string): Promise<void>;
}

/** Jobs begin within seconds; what has none after this time will have none. */
const LATE_MS = 2 * 60_000;
const MOST_AT_ONCE = 500;

export function createOverdue({
  db,
  clock,
  log,
  config,
  conversations,
  outcomes,
  policies,
  replier,
  toolApprovals,
  turns,
}: Services & {
  config: AiRepliesConfig;
  conversations: Conversations;
  outcomes: Outcomes;
  policies: Policies;
  replier: Replier;
  toolApprovals: ToolApprovals;
  turns: Turns;
}): Overdue {
  return { handOver, giveUpReply };

  async function handOver(): Promise<void> {
    const late = clock.now() - LATE_MS;
    // What was noted later a clock has noted that was ahead: it would wait until that time has come.
    const latest = clock.now() + CLOCK_TOLERANCE_MS;
    const waiting = await db
      .read('ai_replies_turns')
      .whereRaw(`state = 'waiting'`)
      .where((either) => either.where('due_at', '<', late).orWhere('updated_at', '>', latest))
      .where(withoutJob(ANSWER_JOB, 'conversation', 'ai_replies_turns.conversation_id'))
      .limit(MOST_AT_ONCE)
      .select('conversation_id');
    for (const { conversation_id } of waiting) await tryOne(() => replier.giveUp(conversation_id));
    const ready = await db
      .read('ai_replies_replies')
      .whereRaw("state in ('ready', 'draft')")
      .where({ state: 'ready' })
      .where((either) => either.where('send_at', '<', late).orWhere('updated_at', '>', latest))
      .where(withoutJob(SEND_JOB, 'reply', 'ai_replies_replies.uuid'))
      .limit(MOST_AT_ONCE)
      .select('uuid');
    for (const { uuid } of ready) await tryOne(() => giveUpReply(uuid));
    const lost = await db
      .read('ai_replies_tool_calls')
      .whereRaw(`state = 'approved'`)
      .where((either) => either.where('decided_at', '<', late).orWhere('decided_at', '>', latest))
      .where(withoutJob(PERFORM, 'call', 'ai_replies_tool_calls.uuid'))
      .limit(MOST_AT_ONCE);
    for (const call of lost) await tryOne(() => finishLost(call));
    const open = () => db.write('ai_replies_tool_calls').whereRaw(`state = 'waiting'`);
    await open().where('created_at', '>', latest).update({ created_at: clock.now() });
    // A mail that waits as a draft was promised to nobody.
    const undecided = await open()
      .whereNot({ robot_id: '' })
      .where('created_at', '<', clock.now() - config.decisionHours * 3600_000)
      .limit(MOST_AT_ONCE);
    for (const call of undecided) await tryOne(() => expire(call));
  }

  /** One that fails keeps nobody else waiting; it is looked at again the next time. */
  async function tryOne(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      log.error(error, 'What is overdue could not be handed over');
    }
  }

  async function giveUpReply(uuid: string): Promise<void> {
    const reply = await db.read('ai_replies_replies').where({ uuid }).first();
    if (reply) await outcomes.giveUpReady(uuid, await sentenceFor(reply.conversation_id, reply.robot_id));
  }

  async function finishLost(call: ToolCallRow): Promise<void> {
    const farewell = await toolApprovals.farewell(call);
    await db.transaction(async (trx) => {
      const output = { error: 'It is not known whether it was carried out' };
      if (await toolApprovals.finish(trx, call, 'failed', output))
        await toolApprovals.reportOutcome(trx, call, farewell);
    });
  }

  async function expire(call: ToolCallRow): Promise<void> {
    const { tenant_id, robot_id, conversation_id: conversationId } = call;
    const markdown = await sentenceFor(conversationId, robot_id);
    const spoken = await conversations.spoken(conversationId, 1);
    await db.transaction(async (trx) => {
      if (!(await toolApprovals.expire(trx, call))) return;
      // Who has it knows of it.
      if (!spoken?.isAutomatic) return;
      await turns.end(trx, conversationId, 'handover');
      await conversations.say(trx, [{ conversationId, markdown }]);
      await conversations.handOver(trx, tenant_id, conversationId, 'undecided');
    });
  }

  function sentenceFor(conversationId: string, robotId: string): Promise<string> {
    return handoverSentence({ conversations, policies }, conversationId, robotId);
  }

  /** Waiting jobs have the key `name/id`; those that run, or were begun and are tried again, have their payload alone. */
  function withoutJob(name: string, field: string, id: string): (query: Knex.QueryBuilder) => void {
    const alive = () => db.read('core_jobs as job').whereIn('job.state', ['ready', 'running']);
    const keyed = alive().whereRaw(`job.key = '${name}/' || ${id}`).select(db.read.raw('1'));
    const begun = alive().where('job.name', name).whereNull('job.key').select('job.payload');
    return (query) => query.whereNotExists(keyed).whereRaw(`'{"${field}":"' || ${id} || '"}' not in ?`, [begun]);
  }
}
