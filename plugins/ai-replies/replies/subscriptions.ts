/** What replies do when something has happened in a conversation, or somebody is gone. */
import type { EventFilter, EventHandler, EventTaker } from '#core/plugin.ts';
import { LONGEST_ANSWER, LONGEST_QUESTION } from '../knowledge/answers.ts';
import { sentenceOf } from './default-messages.ts';
import { isFirstOfDay as isFirst } from './once-per-day.ts';
import { MOST_MESSAGES } from './replier.ts';
import { contactSeparated } from './separated-contacts.ts';
import type { RepliesScope } from './services.ts';
import { isDecided, receivedUntil } from './stale-events.ts';
import { saidIn } from './types.ts';

const answerMessage: EventHandler<'robot.message'> = async ({ data, tenantid, time }, scope: RepliesScope) => {
  const { conversation_id: conversationId, message_id: messageId } = data;
  const told = { conversationId, messageId, time };
  if (!tenantid || (await isDecided(told, () => scope.turns.find(conversationId), scope))) return;
  await scope.replier.receive(tenantid, data);
};

/** With what is remembered it is known at once whether this is answered: the turn begins with the message. */
const beginTurns: EventTaker<'robot.message'> = (trx, events, { replier }: RepliesScope) =>
  replier.receiveWithin(trx, events);

/** Where no model is set up nobody answers. */
const isUnanswered: EventFilter<'robot.message'> = ({ data, tenantid }, { replier }: RepliesScope) =>
  !tenantid || replier.isKnownUnused(data.robot_id, tenantid);

/** What was made is not wanted any more; and what a person has said may be worth knowing. */
const personAnswered: EventHandler<'conversation.answered'> = async (event, scope: RepliesScope) => {
  const { conversations, knowledge, people, replier } = scope;
  const { data, tenantid } = event;
  const { conversation_id: conversationId, robot_id, text, user_id, is_proved } = data;
  await end(event, 'person', scope);
  if (!tenantid || !is_proved || text.trim() === '' || !(await replier.isInUse(robot_id, tenantid))) return;
  const spoken = await conversations.spoken(conversationId, MOST_MESSAGES);
  // Of who has refused nothing becomes knowledge, which models read.
  if (!spoken || spoken.contact.consent === 'refused') return;
  const answered = spoken.messages.findLastIndex((message) => message.author !== 'contact' && message.text === text);
  const before = answered < 0 ? spoken.messages : spoken.messages.slice(0, answered);
  const lastOther = before.findLastIndex(({ author }) => author !== 'contact');
  const question = saidIn(before.slice(lastOther + 1));
  // Half of a question, or of an answer, is another one.
  if (question === '' || question.length > LONGEST_QUESTION || text.length > LONGEST_ANSWER) return;
  const user = user_id === null ? null : await people.userByUuid(user_id);
  await knowledge.suggest({
    tenantId: tenantid,
    conversationId,
    contactId: spoken.contact.id,
    question,
    answer: text,
    userId: user?.id ?? null,
  });
};

/** Who has asked for a person is told that one comes; then nothing more is said. */
const handedOver: EventHandler<'conversation.handed_over'> = async (event, scope: RepliesScope) => {
  const { db, conversations, policies, replier, turns } = scope;
  const { conversation_id: conversationId, robot_id: robotId, reason, group } = event.data;
  // What never arrived stops nothing: what was said since is answered.
  if (reason === 'undelivered') return;
  const [robot, spoken, { policy }] = await Promise.all([
    conversations.robot(robotId),
    conversations.spoken(conversationId, 1),
    policies.of(robotId),
  ]);
  const isOurs =
    reason === 'contact' &&
    robot !== null &&
    (await replier.isOurs(robot.settings, robot.tenantId)) &&
    (group === '' ? policy.private === 'always' : policy.groups !== 'never') &&
    (await replier.isInUse(robotId, robot.tenantId));
  await db.transaction(async (trx) => {
    await turns.end(trx, conversationId, 'handover');
    if (!isOurs || !spoken) return;
    if (!(await isFirst(trx, event.id, 'handover', Date.parse(event.time)))) return;
    const said = spoken.messages.at(-1)?.text ?? '';
    const markdown = sentenceOf(policy, spoken.isOpen ? 'handover' : 'closed', said);
    await conversations.say(trx, [{ conversationId, markdown, isLastWord: true }]);
  });
};

/** Who comes back begins anew, also with an assistant. */
const closed: EventHandler<'conversation.closed'> = async (event, scope: RepliesScope) => {
  await end(event, 'closed', scope);
  // Told again, or late, it says nothing of what has begun since.
  await scope.assistantSessions.deleteAll((rows) =>
    rows.where({ conversation_id: event.data.conversation_id }).where('updated_at', '<=', Date.parse(event.time)),
  );
};

const looped: EventHandler<'conversation.looped'> = (event, scope: RepliesScope) => end(event, 'loop', scope);

/** Nothing that was made before is wanted any more. */
async function end(
  event: { data: { conversation_id: string }; time: string },
  reason: string,
  scope: RepliesScope,
): Promise<void> {
  const until = receivedUntil(event, scope);
  await scope.db.transaction((trx) => scope.turns.end(trx, event.data.conversation_id, reason, until));
}

export const replySubscriptions = {
  'robot.message': answerMessage,
  'conversation.answered': personAnswered,
  'conversation.handed_over': handedOver,
  'conversation.closed': closed,
  'conversation.looped': looped,
  'contact.separated': contactSeparated,
};

export const repliesPassOver = { 'robot.message': isUnanswered };
export const repliesHearWithin = { 'robot.message': beginTurns };
