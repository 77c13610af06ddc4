/**
 * From what a robot hears to what becomes of it: whether it is meant for the robot, when it is answered, and the answer itself.
 * Asking a model is outside of every transaction; what it gives counts only while nothing newer has happened.
 */
import { CLOCK_TOLERANCE_MS, messageOf } from '#core/kit.ts';
import { AppError, type CloudEvent, type EventCatalogue, type Services, type Transaction } from '#core/plugin.ts';
import type { Suspensions } from '#plugins/auth/contract.ts';
import type {
  AnswerSettings,
  Conversations,
  RobotLogs,
  SpokenConversation,
  SpokenMessage,
} from '#plugins/robots/contract.ts';
import type { AiRepliesConfig } from '../config.ts';
import { AI_REPLIES } from '../meters.ts';
import type { Models } from '../models/types.ts';
import type { AiRules, TenantRules } from '../tenant-rules.ts';
import type { Tools } from '../tools/types.ts';
import { type Answering, handover } from './answering.ts';
import type { ReplyLimits } from './limits.ts';
import { type Outcomes, questionOf } from './outcomes.ts';
import { type Policies, policyFor } from './policies.ts';
import type { Policy } from './policy.ts';
import { isAddressed, pendingOf, refusalOf } from './reply-conditions.ts';
import type { RunningAnswers } from './running.ts';
import type { TurnRow } from './tables.ts';
import type { ReceivedForTurn, Turns } from './turns.ts';
import type { Made } from './types.ts';

export interface Replier {
  /** A robot has heard a message. */
  receive(tenantId: string, message: EventCatalogue['robot.message']): Promise<void>;
  /**
   * Begins the turns of messages that are answered by all that is remembered, in the transaction that tells of them; gives the others,
   * about which somebody has to be asked.
   */
  receiveWithin(trx: Transaction, events: readonly ReceivedEvent[]): Promise<ReceivedEvent[]>;
  /** Answers what has been said, when its time has come. Rejects when the signal is aborted. */
  answer(conversationId: string, signal: AbortSignal): Promise<void>;
  /** What cannot be answered a person takes over, also where no model is to blame. */
  giveUp(conversationId: string): Promise<void>;
  /** What would become of the newest message, if it came now. Null for a conversation that is not there. */
  why(conversationId: string): Promise<Why | null>;
  /** Whether anybody wants this robot to answer by models at all. */
  isInUse(robotId: string, tenantId: string): Promise<boolean>;
  /** Whether it is known, without asking the database, that nothing is set up that could answer. */
  isKnownUnused(robotId: string, tenantId: string): boolean;
  /** Whether models or an assistant speak for a robot with these settings, and not its callbacks or nobody. */
  isOurs(settings: AnswerSettings, tenantId: string): Promise<boolean>;
}

export interface Why {
  tenantId: string;
  /** Why it would not be answered; null when it would. */
  reason: string | null;
  turn: TurnRow | null;
}

type ReceivedEvent = CloudEvent<EventCatalogue['robot.message']>;

/** As many messages as go along at most, with those that are answered. */
export const MOST_MESSAGES = 100;
const RETRY_MS = 10_000;
/** With all providers that are asked one after the other; less than the job may take. */
const LONGEST_MAKING_MS = 4 * 60_000;
const SUSPENDED_MS = 10 * 60_000;

const NOTHING = { text: '', isFixed: false, sources: [], approved: null, asked: null, promptHash: '' };
/** Why nobody has answered, by the code of the error. */
const HELD: ReadonlyMap<string, string> = new Map([
  ['no_provider', 'no_provider'],
  ['budget_exceeded', 'budget'],
  ['limit_exceeded', 'limit'],
]);

/** Answers that are not made, with the reason. */
interface Refused {
  action: 'silent' | 'held';
  reason: string;
}

interface Asking {
  spoken: SpokenConversation;
  pending: readonly SpokenMessage[];
  policy: Policy;
  rules: TenantRules;
}

interface Under extends Asking {
  turn: TurnRow;
}

/** Also what a clock has noted that was ahead: nobody waits until that time has come. */
function isDue({ due_at, updated_at }: TurnRow, now: number): boolean {
  return due_at <= now || updated_at > now + CLOCK_TOLERANCE_MS;
}

/** What is answered is what was said last, also where an answer to what came before has overtaken it. */
function withLast(spoken: SpokenConversation, pending: readonly SpokenMessage[]): SpokenConversation {
  return { ...spoken, messages: [...spoken.messages.filter((message) => !pending.includes(message)), ...pending] };
}

export function createReplier({
  db,
  clock,
  config,
  models,
  aiRules,
  answering,
  conversations,
  outcomes,
  policies,
  replyLimits,
  robotLogs,
  runningAnswers,
  suspensions,
  tools,
  turns,
  usage,
  log,
}: Services & {
  suspensions: Suspensions;
  config: AiRepliesConfig;
  models: Models;
  aiRules: AiRules;
  answering: Answering;
  conversations: Conversations;
  outcomes: Outcomes;
  policies: Policies;
  replyLimits: ReplyLimits;
  robotLogs: RobotLogs;
  runningAnswers: RunningAnswers;
  tools: Tools;
  turns: Turns;
}): Replier {
  return { receive, receiveWithin, answer, giveUp, why, isInUse, isKnownUnused, isOurs };

  async function isInUse(robotId: string, tenantId: string): Promise<boolean> {
    return (await policies.of(robotId)).isSet || models.isSetUp(tenantId);
  }

  function isKnownUnused(robotId: string, tenantId: string): boolean {
    return policies.known(robotId)?.isSet === false && models.isKnownSetUp(tenantId) === false;
  }

  /** With `third_party` an assistant that is named speaks; where none is, the callbacks do. */
  async function isOurs({ aiMode, aiProvider }: AnswerSettings, tenantId: string): Promise<boolean> {
    if (aiMode !== 'third_party' || aiProvider === null) return aiMode === 'builtin';
    return models.isAssistant(tenantId, aiProvider);
  }

  async function receive(tenantId: string, message: EventCatalogue['robot.message']): Promise<void> {
    const { robot_id: robotId, conversation_id: conversationId, group, text } = message;
    const robot = await conversations.robot(robotId);
    // Whether anything is in use first: what is remembered of it saves the next message its job.
    if (!robot || !(await isInUse(robotId, tenantId)) || !(await isOurs(robot.settings, tenantId))) return;
    const { policy } = await policies.of(robotId);
    if (!isAddressed(policy, { group, text, isAtMe: message.at_me })) {
      // What somebody adds to what he has asked belongs to it.
      const turn = await turns.find(conversationId);
      if (!turn || turn.state === 'idle') return;
    }
    await turns.receive(forTurn(tenantId, message, policy));
  }

  async function receiveWithin(trx: Transaction, events: readonly ReceivedEvent[]): Promise<ReceivedEvent[]> {
    const begun = new Map<ReceivedEvent, ReceivedForTurn>();
    for (const event of events) {
      const policy = answeredBy(event);
      if (policy) begun.set(event, forTurn(event.tenantid ?? '', event.data, policy));
    }
    await turns.receiveWithin(trx, [...begun.values()]);
    return events.filter((event) => !begun.has(event));
  }

  /** The policy by which it is surely answered; null where more has to be asked, or nothing comes of it. */
  function answeredBy({ data, tenantid }: ReceivedEvent): Policy | null {
    const { robot_id: robotId, group, text, at_me: isAtMe } = data;
    const known = policies.known(robotId);
    if (!tenantid || !known || !(known.isSet || models.isKnownSetUp(tenantid))) return null;
    if (conversations.knownRobot(robotId)?.settings.aiMode !== 'builtin') return null;
    return isAddressed(known.policy, { group, text, isAtMe }) ? known.policy : null;
  }

  function forTurn(tenantId: string, message: EventCatalogue['robot.message'], policy: Policy): ReceivedForTurn {
    const { pauseSeconds, mostSeconds } = config.gather;
    return {
      conversationId: message.conversation_id,
      tenantId,
      robotId: message.robot_id,
      contactId: message.contact_id,
      group: message.group,
      messageId: message.message_id,
      pauseMs: (policy.gather?.pause_seconds ?? pauseSeconds) * 1000,
      mostMs: (policy.gather?.most_seconds ?? mostSeconds) * 1000,
    };
  }

  async function answer(conversationId: string, signal: AbortSignal): Promise<void> {
    const [turn, spoken] = await Promise.all([
      turns.find(conversationId),
      conversations.spoken(conversationId, MOST_MESSAGES),
    ]);
    if (turn?.state !== 'waiting' || !isDue(turn, clock.now())) return;
    if (await suspensions.of(turn.tenant_id)) return hold(turn);
    const [known, rules] = await Promise.all([policies.of(turn.robot_id), aiRules.of(turn.tenant_id)]);
    const pending = spoken ? pendingOf(spoken, turn) : [];
    if (!spoken || pending.length === 0) {
      await db.transaction((trx) => turns.end(trx, conversationId, 'gone'));
      return;
    }
    const policy = policyFor(known, spoken.robot);
    const under = { turn, spoken: withLast(spoken, pending), pending, policy, rules };
    const calls = replyLimits.taking();
    try {
      const [refused, { isFull, pauseUntil }] = await Promise.all([
        refusedFor(under, calls),
        replyLimits.room(turn.room, policy),
      ]);
      if (refused?.action === 'held' || refused?.reason === 'contact_consent') return await holdBack(under, refused);
      if (refused) return await settle(under, { ...NOTHING, ...refused });
      if (isFull) return await holdBack(under, { action: 'silent', reason: 'rate' });
      if (pauseUntil === null) return await make(under, signal);
      await db.transaction((trx) => turns.postpone(trx, turn, pauseUntil));
    } finally {
      calls.end();
    }
  }

  async function giveUp(conversationId: string): Promise<void> {
    const [turn, spoken] = await Promise.all([
      turns.find(conversationId),
      conversations.spoken(conversationId, MOST_MESSAGES),
    ]);
    if (turn?.state !== 'waiting' || !isDue(turn, clock.now())) return;
    if (await suspensions.of(turn.tenant_id)) return hold(turn);
    const [{ policy }, rules] = await Promise.all([policies.of(turn.robot_id), aiRules.of(turn.tenant_id)]);
    const pending = spoken ? pendingOf(spoken, turn) : [];
    if (!spoken || pending.length === 0) {
      await db.transaction((trx) => turns.end(trx, conversationId, 'gone'));
      return;
    }
    const under = { turn, spoken, pending, policy, rules };
    const refusal = refusalOf(policy, spoken, pending, await isOurs(spoken.robot.settings, spoken.tenantId));
    if (refusal) return settle(under, { ...NOTHING, action: 'silent', reason: refusal });
    await settle(under, handover({ policy, pending, spoken }, 'error'));
  }

  /** Nothing is answered for now; whoever was promised to hear how something ended hears that a person comes. */
  async function holdBack(under: Under, refused: Refused): Promise<void> {
    if (await tools.hasUntold(under.spoken.id)) return settle(under, handover(under, refused.reason));
    await settle(under, { ...NOTHING, ...refused });
  }

  /** Of a tenant that is suspended nothing is answered; it is looked at again then. */
  async function hold(turn: TurnRow): Promise<void> {
    await db.transaction((trx) => turns.postpone(trx, turn, clock.now() + SUSPENDED_MS));
  }

  async function refusedFor(
    { spoken, pending, policy, rules }: Asking,
    { hasCallsLeft }: Pick<ReplyLimits, 'hasCallsLeft'>,
  ): Promise<Refused | null> {
    const refusal = refusalOf(policy, spoken, pending, await isOurs(spoken.robot.settings, spoken.tenantId));
    if (refusal) return { action: 'silent', reason: refusal };
    if (!rules.hasConsent) return { action: 'held', reason: 'consent' };
    const { id, settings } = spoken.robot;
    const { tenantId } = spoken;
    const [hasLeft, room] = await Promise.all([
      hasCallsLeft({ id, tenantId, limit: settings.aiCallLimitDaily }),
      usage.room(tenantId, AI_REPLIES),
    ]);
    return hasLeft && room !== 'none' ? null : { action: 'held', reason: 'limit' };
  }

  async function why(conversationId: string): Promise<Why | null> {
    const spoken = await conversations.spoken(conversationId, MOST_MESSAGES);
    if (!spoken) return null;
    const { tenantId, robot } = spoken;
    const [turn, { policy }, rules] = await Promise.all([
      turns.find(conversationId),
      policies.of(robot.id),
      aiRules.of(tenantId),
    ]);
    const pending = spoken.messages.filter(({ author }) => author === 'contact').slice(-1);
    const isUsed = await isInUse(robot.id, tenantId);
    const refused = isUsed ? await refusedFor({ spoken, pending, policy, rules }, replyLimits) : null;
    const isFull = turn !== null && (await replyLimits.room(turn.room, policy)).isFull;
    return { tenantId, reason: isUsed ? (refused?.reason ?? (isFull ? 'rate' : null)) : 'not_in_use', turn };
  }

  async function make(under: Under, signal: AbortSignal): Promise<void> {
    const { turn, spoken } = under;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MAKING_MS)]);
    const running = runningAnswers.begin({ conversation: spoken.id, version: turn.version }, limited);
    try {
      const wish = { ...under, signal: running.signal };
      await settle(under, await answering.make(wish, 'reply'));
    } catch (error) {
      if (running.isOutdated()) return;
      signal.throwIfAborted();
      await failed(under, error);
    } finally {
      running.end();
    }
  }

  /** What will not pass is held; what may is tried again, and then a person takes over. */
  async function failed(under: Under, error: unknown): Promise<void> {
    const { turn, policy, spoken, pending } = under;
    const code = error instanceof AppError ? error.code : '';
    const reason = HELD.get(code);
    if (reason) return holdBack(under, { action: 'held', reason });
    const isOurs = code !== 'provider_failed';
    if (isOurs) log.error({ err: error, conversation: spoken.id }, 'An answer could not be made');
    const failures = turn.failures + 1;
    robotLogs.note({
      type: 'ai',
      level: 'warn',
      tenantId: turn.tenant_id,
      message: 'An answer could not be made',
      details: {
        robotId: turn.robot_id,
        conversation: spoken.id,
        failures,
        reason: isOurs ? 'error' : messageOf(error),
      },
    });
    if (failures >= policy.failures)
      return settle(under, handover({ policy, pending, spoken }, isOurs ? 'error' : 'provider_failed'));
    await db.transaction((trx) => turns.postpone(trx, turn, clock.now() + RETRY_MS * failures, failures));
  }

  async function settle({ turn, spoken, pending, policy, rules }: Under, made: Made): Promise<void> {
    const { replyDelayMin, replyDelayMax } = spoken.robot.settings;
    const delayMs = (replyDelayMin + Math.random() * (replyDelayMax - replyDelayMin)) * 1000;
    await outcomes.settle({
      turn,
      made,
      question: questionOf({ pending }),
      messageId: pending.at(-1)?.id ?? turn.last_message,
      needsApproval: rules.needsApproval || policy.approval,
      // Time that a model has taken is time that has been waited.
      sendAt: Math.min(turn.due_at, clock.now()) + delayMs,
    });
  }
}
