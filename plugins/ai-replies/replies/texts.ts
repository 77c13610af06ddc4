/**
 * Answers to texts that come from elsewhere than from a robot: a mail, a form, a workflow. By the same rules, knowledge and guard;
 * nothing is sent.
 */
import type { Services } from '#core/plugin.ts';
import type { AnswerSettings, SpokenConversation, SpokenMessage } from '#plugins/robots/contract.ts';
import { aiErrors } from '../errors.ts';
import type { AiRules } from '../tenant-rules.ts';
import type { Answering } from './answering.ts';
import { wholePolicy } from './policy.ts';
import type { Made } from './types.ts';

export interface TextWish {
  tenantId: string;
  /** How it reaches the other side. */
  channel: 'mail' | 'chat';
  /** What was said before, oldest first, and at the end what is to be answered. */
  said: readonly { by: 'them' | 'us'; text: string }[];
  /** Whom it is from; '' for nobody known. */
  from: string;
  /** Name of the business or the person that answers. */
  as: string;
  persona: string;
  scenario: string;
  bases: readonly string[] | null;
  provider: string | null;
  workflow: string | null;
  signal: AbortSignal;
}

export interface TextAnswers {
  /** Throws `no_consent` and what `models.ask` does. */
  answer(wish: TextWish): Promise<Made>;
}

const SETTINGS: AnswerSettings = {
  aiMode: 'builtin',
  aiProvider: null,
  aiModel: null,
  aiScenario: null,
  aiTemperature: 0.3,
  aiMaxTokens: 2_000,
  aiContextLength: 20,
  replyDelayMin: 0,
  replyDelayMax: 0,
  aiCallLimitDaily: 0,
  sessionTimeoutMinutes: 30,
};

export function createTextAnswers({
  clock,
  aiRules,
  answering,
}: Services & { aiRules: AiRules; answering: Answering }): TextAnswers {
  return {
    async answer({ tenantId, channel, said, from, as, persona, scenario, bases, provider, workflow, signal }) {
      const rules = await aiRules.of(tenantId);
      if (!rules.hasConsent) throw aiErrors.no_consent();
      const messages = said.map(({ by, text }, place): SpokenMessage => {
        const author = by === 'them' ? 'contact' : 'robot';
        return { id: `text-${place}`, author, text, textType: 1, isAtMe: true, mediaType: null, at: clock.now() };
      });
      const spoken: SpokenConversation = {
        id: '',
        tenantId,
        group: '',
        person: from,
        roomType: 0,
        isAutomatic: true,
        isOpen: true,
        messages,
        earlier: [],
        robot: {
          id: '',
          name: as,
          isNamed: true,
          channel,
          settings: { ...SETTINGS, aiProvider: provider },
          isAutopilot: false,
        },
        contact: { id: '', name: from, fields: {}, notes: '', consent: 'unknown' },
      };
      const policy = wholePolicy({ persona, scenario, knowledge: bases });
      const lastOurs = messages.findLastIndex(({ author }) => author !== 'contact');
      const pending = messages.slice(lastOurs + 1);
      const wish = { spoken, pending, policy, rules, signal, workflow };
      const { prepared: _prepared, ...made } = await answering.make(wish, channel === 'mail' ? 'mail' : 'generate');
      return made;
    },
  };
}
