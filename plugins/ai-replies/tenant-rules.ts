/** What a tenant has said about AI as a whole: consent, approval, sensitive words. Remembered until a setting changes. */
import Type from 'typebox';
import { concernsTenants, createRemembered, PRINCIPALS_CHANGED } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { createSensitiveWords, type SensitiveWords } from './guard/words.ts';

export interface TenantRules {
  /** Whether texts may leave this server for models. */
  hasConsent: boolean;
  /** Whether a person has to send each answer. */
  needsApproval: boolean;
  words: SensitiveWords;
}

export interface AiRules {
  /** Of a tenant that is gone: no consent. */
  of(tenantId: string): Promise<TenantRules>;
}

/** By the names under which tenants change them. */
export const AI_SETTINGS = {
  ai_sensitive_words: Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
    default: [],
    maxItems: 5_000,
    description: 'Words that neither reach models nor appear in answers; found with spaces and marks in them too',
  }),
};

const MOST_REMEMBERED = 1_000;
/** Of the words of all tenants that are remembered: each character takes some 200 bytes. */
const MOST_CHARACTERS = 500_000;
const NO_WORDS = createSensitiveWords([]);

export function createAiRules({
  notices,
  people,
  tenantSettings,
}: Services & Pick<AuthServices, 'people' | 'tenantSettings'>): AiRules {
  const remembered = createRemembered<TenantRules>({
    notices,
    topic: PRINCIPALS_CHANGED,
    isConcerned: concernsTenants,
    most: MOST_REMEMBERED,
    async load(tenantId) {
      const isThere = (await people.tenantByUuid(tenantId)) !== null;
      return rulesOf(tenantId, isThere ? await tenantSettings.read(tenantId) : {});
    },
  });
  /** They outlive other settings, for making them takes time: thousands of words up to a second. */
  const lists = new Map<string, { text: string; words: SensitiveWords }>();
  let characters = 0;
  return { of: remembered.of };

  function rulesOf(tenantId: string, settings: Readonly<Record<string, unknown>>): TenantRules {
    return {
      hasConsent: settings.ai_consent_enabled === true,
      needsApproval: settings.require_approval === true,
      words: wordsOf(tenantId, settings.ai_sensitive_words),
    };
  }

  function wordsOf(tenantId: string, setting: unknown): SensitiveWords {
    const list = Array.isArray(setting) ? setting.map(String) : [];
    const text = JSON.stringify(list);
    const found = lists.get(tenantId);
    if (found?.text === text) return found.words;
    characters += text.length - (found?.text.length ?? 0);
    if (characters > MOST_CHARACTERS) {
      lists.clear();
      remembered.invalidate();
      characters = text.length;
    }
    const words = list.length === 0 ? NO_WORDS : createSensitiveWords(list);
    lists.set(tenantId, { text, words });
    return words;
  }
}
