/** An answer that a person asks for in the inbox or for a mail: made as one would be made by itself, and sent to nobody. */
import type { Principal, Services } from '#core/plugin.ts';
import { coreErrors } from '#core/plugin.ts';
import type { Conversations, SpokenConversation, SpokenMessage } from '#plugins/robots/contract.ts';
import { aiErrors } from '../errors.ts';
import type { AiRules } from '../tenant-rules.ts';
import type { Answering } from './answering.ts';
import type { Policies } from './policies.ts';
import type { TextAnswers } from './texts.ts';
import type { Made } from './types.ts';

export interface Suggestions {
  /** Throws `not_found` for what is not the principal's to see, `no_consent`, `nothing_to_answer`, and what `models.ask` does. */
  forConversation(principal: Principal, id: string, signal: AbortSignal): Promise<Made>;
  /** Throws what `mail.read` does, `no_consent`, and what `models.ask` does. */
  forMail(principal: Principal, messageId: number, signal: AbortSignal): Promise<Made>;
}

/** So much of a conversation is read. */
const MESSAGES = 50;
const LONGEST_MAIL = 50_000;

export function createSuggestions({
  conversations,
  functions,
  aiRules,
  answering,
  policies,
  textAnswers,
}: Services & {
  conversations: Conversations;
  aiRules: AiRules;
  answering: Answering;
  policies: Policies;
  textAnswers: TextAnswers;
}): Suggestions {
  return {
    async forConversation(principal, id, signal) {
      const spoken = await conversations.spoken(id, MESSAGES);
      const isSeen =
        spoken?.tenantId === principal.tenantId && (await conversations.maySee(principal, spoken.robot.id));
      if (!spoken || !isSeen) throw coreErrors.not_found();
      const [{ policy }, rules] = await Promise.all([policies.of(spoken.robot.id), aiRules.of(spoken.tenantId)]);
      if (!rules.hasConsent) throw aiErrors.no_consent();
      if (spoken.contact.consent === 'refused') throw aiErrors.contact_refused();
      const pending = pendingOf(spoken.messages);
      if (pending.length === 0) throw aiErrors.nothing_to_answer();
      const { prepared: _prepared, ...made } = await answering.make(
        { spoken: triedOut(spoken), pending, policy, rules, signal },
        'generate',
      );
      return made;
    },
    async forMail(principal, message_id, signal) {
      const { tenantId } = principal;
      if (tenantId === null) throw coreErrors.not_found();
      const call = { principal, idempotencyKey: crypto.randomUUID() };
      const mail = Object(await functions.call('mail.read', { message_id }, call));
      return textAnswers.answer({
        tenantId,
        channel: 'mail',
        said: [{ by: 'them', text: `Subject: ${mail.subject}\n\n${mail.text}`.slice(0, LONGEST_MAIL) }],
        from: String(mail.from),
        as: '',
        persona: '',
        scenario: '',
        bases: null,
        provider: null,
        workflow: null,
        signal,
      });
    },
  };
}

/** What the contact has said since somebody answered; when nothing has come since, their last words. */
function pendingOf(messages: readonly SpokenMessage[]): SpokenMessage[] {
  const lastOurs = messages.findLastIndex(({ author }) => author !== 'contact');
  const since = messages.slice(lastOurs + 1);
  const last = messages.findLast(({ author }) => author === 'contact');
  return since.length > 0 || !last ? since : [last];
}

/** As a conversation without a name: no tool is called, and no assistant remembers it. It ends where the contact spoke last. */
function triedOut(spoken: SpokenConversation): SpokenConversation {
  const last = spoken.messages.findLastIndex(({ author }) => author === 'contact');
  return { ...spoken, id: '', messages: spoken.messages.slice(0, last + 1) };
}
