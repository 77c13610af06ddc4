/** Steps that conversations offer to workflows and AI agents. They reach what the caller's routes do. */
import Type from 'typebox';
import { boundFields, once } from '#core/kit.ts';
import { coreErrors, defineFunction } from '#core/plugin.ts';
import { markdownFor, splitFor } from '../commands/channel-text.ts';
import { textCommand } from '../commands/text-command.ts';
import { robotErrors } from '../errors.ts';
import { refusalOverLimit } from '../limits.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import { ContactChange, ContactView, contactView } from './contact-view.ts';
import { refusalOf } from './identity/consent.ts';
import { contactsNamed } from './identity/known-contacts.ts';
import type { ConversationsScope } from './services.ts';
import { visibleConversation } from './visibility.ts';

const manage = { scope: 'robots:manage', tenant: true } as const;
const send = { scope: 'messages:send', tenant: true } as const;
const Id = Type.String({ minLength: 1, maxLength: 60 });
const NEVER_CHANGED = (): void => {};

export const inboxFunctions = [
  defineFunction({
    name: 'robots.send',
    summary: 'Sends a text through a robot, once; a long one as several messages in their order',
    access: send,
    binds: { robot_id: 'robot', to: 'room', mention: 'member' },
    input: Type.Object({
      robot_id: Id,
      to: Type.String({ minLength: 1, maxLength: 200, description: 'Name of a person or a group' }),
      mention: Type.Optional(
        Type.String({ minLength: 1, maxLength: 200, description: 'Whom to mention in the group' }),
      ),
      text: Type.String({ minLength: 1, maxLength: 20_000 }),
      format: Type.Optional(
        Type.Enum(['text', 'markdown'], { description: 'Markdown becomes plain text where the channel shows none' }),
      ),
    }),
    output: Type.Object({ command_ids: Type.Array(Type.String()) }),
    async run(input, call, { db, clock, usage, robots, robotCommands }: ConversationsScope) {
      const robot = await robots.ofPrincipal(call.principal, input.robot_id);
      const place =
        input.mention === undefined
          ? { group_name: '', person: input.to }
          : { group_name: input.to, person: input.mention };
      const split = input.format === 'markdown' ? markdownFor : splitFor;
      const texts = split(robot.channel, input.text);
      const overLimit = await refusalOverLimit(usage, robot.tenant_id, ROBOT_COMMANDS, texts.length);
      const repeatable = {
        scope: `robots.send/${call.tenantId}`,
        key: call.idempotencyKey,
        request: input,
        now: clock.now(),
      };
      const command_ids = await db.transaction((trx) =>
        once(trx, repeatable, async () => {
          const contacts = await contactsNamed(trx, robot, [place.person]);
          if (refusalOf(contacts.get(place.person)) !== null) throw robotErrors.CONTACT_OPTED_OUT();
          if (overLimit) throw overLimit;
          const commands = texts.map((text) => textCommand(robot, place, text, 'workflow'));
          return (await robotCommands.sendWithin(trx, commands)).map(({ commandId }) => commandId);
        }),
      );
      return { command_ids };
    },
  }),
  defineFunction({
    name: 'conversations.assign',
    summary: 'Gives a conversation to a person or a team, or takes it away from them',
    access: manage,
    binds: { conversation_id: 'conversation' },
    input: Type.Object({
      conversation_id: Id,
      assignee: Type.Optional(Type.Union([Id, Type.Null()], { description: 'Id of a person; null for nobody' })),
      team: Type.Optional(Type.Union([Id, Type.Null()], { description: 'Id of a team; null for none' })),
    }),
    output: Type.Object({ conversation_id: Type.String() }),
    async run({ conversation_id, assignee, team }, { principal }, { conversationChanges }: ConversationsScope) {
      const wish = { ...(assignee !== undefined && { assignee }), ...(team !== undefined && { team }) };
      await conversationChanges.change(principal, conversation_id, wish, NEVER_CHANGED);
      return { conversation_id };
    },
  }),
  defineFunction({
    name: 'conversations.handOver',
    summary: 'Lets a person take over: the conversation waits in the inbox, and automatic answers stay away',
    access: manage,
    binds: { conversation_id: 'conversation' },
    input: Type.Object({ conversation_id: Id, reason: Type.Optional(Type.String({ maxLength: 200 })) }),
    output: Type.Object({ handed_over: Type.Boolean({ description: 'False when that was so already' }) }),
    async run({ conversation_id, reason }, { principal }, { db, handover }: ConversationsScope) {
      const handed_over = await db.transaction(async (trx) => {
        const { id } = await visibleConversation(db, principal, conversation_id, trx);
        return handover.handOverKnown(trx, id, reason || 'workflow');
      });
      return { handed_over };
    },
  }),
  defineFunction({
    name: 'contacts.update',
    summary: 'Notes something about a contact: fields, notes, consent, whether they want to hear more',
    access: manage,
    binds: { contact_id: 'contact' },
    input: Type.Object({ contact_id: Id, ...ContactChange }),
    output: ContactView,
    async run({ contact_id, ...wish }, { principal, byModel }, { contacts, functions }: ConversationsScope) {
      const known = byModel === 'unseen' ? boundFields(functions.list()) : new Set();
      const own = Object.keys(wish.fields ?? {}).find((name) => known.has(name));
      // What is theirs is found by it: it would be enough to say who one is.
      if (own !== undefined) throw coreErrors.forbidden({ message: `A person notes '${own}', and nobody else` });
      const view = contactView(await contacts.change(principal, contact_id, wish, NEVER_CHANGED));
      return byModel ? onlyChanged(view, wish) : view;
    },
  }),
];

/** A model is told what it has noted, and nothing of what others have. */
function onlyChanged(view: ContactView, { fields = {}, notes }: { fields?: object; notes?: string }): ContactView {
  const own = Object.entries(view.fields).filter(([name]) => Object.hasOwn(fields, name));
  return { ...view, robot_id: null, fields: Object.fromEntries(own), notes: notes ?? '' };
}
