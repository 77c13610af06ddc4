/**
 * What follows from a message that was heard, in its transaction: a conversation that opens, a person who is asked for, words
 * that opt out, a rating, a loop, an answer outside of working hours. Tables: robots_conversations, robots_contacts.
 */
import { timeWindow } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { textCommand } from '../commands/text-command.ts';
import type { RobotsConfig } from '../config.ts';
import type { RobotCommands } from '../contract.ts';
import { addFigures, figure } from '../counts.ts';
import type { KnownRobot } from '../robots/tables.ts';
import { emitAnswered, emitPlain, type KnownConversation } from './conversation-events.ts';
import type { Handover } from './handover.ts';
import type { ConversationHooks } from './hooks.ts';
import { refusalOf } from './identity/consent.ts';
import { isOneOf, saysOneOf } from './normalize.ts';
import type { InboxRules } from './rules.ts';
import type { Placed, Thread } from './threads.ts';

export interface Followed extends Placed {
  thread: Thread;
  rules: InboxRules;
}

export interface Rated {
  robot: KnownRobot;
  conversation: number;
  rating: number;
  rules: InboxRules;
}

export interface MessageEffects {
  /** `placed` are those of contacts and of phones, in the order they came. */
  follow(trx: Transaction, placed: readonly Followed[]): Promise<void>;
  /** A rating counts once; thanks for it too. */
  rate(trx: Transaction, rated: Rated): Promise<void>;
}

const BOT_SWITCH = /^\/bot\s+(on|off)$/i;

export function createMessageEffects({
  clock,
  events,
  config,
  handover,
  robotCommands,
  conversationHooks,
}: Services & {
  config: RobotsConfig;
  handover: Handover;
  robotCommands: RobotCommands;
  conversationHooks: ConversationHooks;
}): MessageEffects {
  const { loop } = config;
  const automaticMs = config.commands.automaticMinutes * 60_000;
  const optsOut = isOneOf(config.optOutWords);
  const wantsPerson = saysOneOf(config.handover.words);

  return {
    async follow(trx, placed) {
      const loops = await loopsAmong(trx, placed);
      for (const own of Map.groupBy(placed, ({ thread }) => thread.id).values()) {
        const [first] = own;
        if (!first) continue;
        if (first.thread.isOpened) await emitPlain(events, trx, 'conversation.opened', knownOf(first));
        for (const one of own) await (one.isFromContact ? fromContact(trx, one) : fromPhone(trx, one));
        if (own.some(({ isFromContact }) => isFromContact)) await inThread(trx, first, loops.has(first.thread.id));
      }
    },
    async rate(trx, { robot, conversation, rating, rules }) {
      const now = clock.now();
      const [rated] = await trx('robots_conversations')
        .where({ id: conversation })
        .whereNotNull('rating_asked_at')
        .update({ rating, rating_asked_at: null, updated_at: now })
        .returning(['group_name', 'person']);
      if (!rated) return;
      await addFigures(trx, [figure(robot.id, now, 'rating', 1, String(rating))]);
      if (rules.rating) await say(trx, robot, rated, { text: rules.rating.thanks });
    },
  };

  async function fromContact(trx: Transaction, { thread, message }: Followed): Promise<void> {
    if (optsOut(message.spoken)) {
      const changed = await trx('robots_contacts')
        .where({ id: thread.contact, opted_out: 0 })
        .update({ opted_out: 1, updated_at: clock.now() });
      if (changed > 0) await conversationHooks.optedOut.run(trx, thread.contact);
    }
    if (thread.handed_over_at === null && wantsPerson(message.spoken))
      await handover.handOverKnown(trx, thread.id, 'contact');
  }

  async function fromPhone(trx: Transaction, followed: Followed): Promise<void> {
    const { robot, thread, message } = followed;
    const place = { robot: robot.id, conversation: thread.id, group: thread.group_name };
    const said = { text: message.spoken, userId: null };
    // The phone has not said that it is its own: whoever bears the robot's name may have written it.
    if (message.isSelf !== true) {
      await handover.nameAnswered(trx, thread.id);
      return emitAnswered(events, trx, knownOf(followed), { ...said, isProved: false });
    }
    const wish = BOT_SWITCH.exec(message.spoken.trim());
    if (wish) return handover.switchAutomatic(trx, place, wish[1]?.toLowerCase() === 'on');
    await handover.phoneAnswered(trx, place);
    await emitAnswered(events, trx, knownOf(followed), { ...said, isProved: true });
  }

  async function inThread(trx: Transaction, { robot, thread, rules }: Followed, isLoop: boolean): Promise<void> {
    if (isLoop) return handover.stopLoop(trx, thread.id);
    const { hours, closedUntil } = rules;
    if (hours === null || closedUntil === null || thread.looped_at !== null) return;
    const now = clock.now();
    const toldUntil = thread.away_until ?? 0;
    // What goes on for longer than these hours a clock noted that was ahead.
    if (now < toldUntil && toldUntil <= closedUntil) return;
    const contact = await trx('robots_contacts').where({ id: thread.contact }).first('opted_out', 'consent');
    if (refusalOf(contact) !== null) return;
    const told = await trx('robots_conversations')
      .where({ id: thread.id })
      .where((either) =>
        either.whereNull('away_until').orWhere('away_until', '<=', now).orWhere('away_until', '>', closedUntil),
      )
      .update({ away_until: closedUntil });
    // When somebody is there again, nobody needs to hear that nobody is.
    if (told > 0) await say(trx, robot, thread, { text: hours.answer, expiresAt: closedUntil });
  }

  /** The same text again and again, or as many automatic answers as messages in the window. */
  async function loopsAmong(trx: Transaction, placed: readonly Followed[]): Promise<Set<number>> {
    const threads = placed.map(({ thread }) => thread).filter(({ looped_at }) => looped_at === null);
    const loops = new Set(threads.filter(({ repeats }) => repeats >= loop.sameTexts).map(({ id }) => id));
    const busy = threads.filter(({ id, heard }) => heard >= loop.exchanges && !loops.has(id)).map(({ id }) => id);
    if (busy.length === 0) return loops;
    const answered = await trx('robots_messages')
      .whereIn('conversation', [...new Set(busy)])
      .where({ direction: 'out', author: 'robot', is_echo: 0 })
      .whereBetween('created_at', timeWindow(clock.now(), loop.windowMinutes * 60_000))
      .groupBy('conversation')
      .havingRaw('count(*) >= ?', [loop.exchanges])
      .select('conversation');
    for (const { conversation } of answered) loops.add(conversation);
    return loops;
  }

  async function say(
    trx: Transaction,
    robot: KnownRobot,
    to: { group_name: string; person: string },
    { text, expiresAt = clock.now() + automaticMs }: { text: string; expiresAt?: number },
  ): Promise<void> {
    await robotCommands.sendWithin(trx, [{ ...textCommand(robot, to, text, 'workflow'), expiresAt }]);
  }
}

function knownOf({ robot, thread }: Followed): KnownConversation {
  const { contactUuid, ...rest } = thread;
  return { ...rest, tenant_id: robot.tenant_id, robot_id: robot.robot_id, contact_uuid: contactUuid };
}
