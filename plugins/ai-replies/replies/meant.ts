/** What a model means that does not answer in the form that it was asked for. */
import type { LooseForm } from '../models/types.ts';
import type { Answered } from './prompt.ts';

/** Where models put the words that they would say, in forms of their own. */
const NAMES = ['text', 'reply', 'answer', 'response', 'message', 'content'] as const;
const LONGEST = 20_000;
const MOST_SOURCES = 50;
/** An action alone, however it is dressed up. */
const ACTION = /^[\s"'`*_([]*(?:action["'`*]*\s*[:=]\s*)?["'`*_]*(handover|silent)[\s"'`*_.!)\]]*$/i;

export const LOOSELY: LooseForm = {
  meant(value) {
    if (typeof value === 'string') return meantByWords(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const { action = 'reply', sources }: Record<string, unknown> = { ...value };
    if (action === 'handover' || action === 'silent') return { action, text: '' };
    const given: Record<string, unknown> = { ...value };
    const text = NAMES.map((name) => given[name]).find((one) => typeof one === 'string' && one.trim() !== '');
    if (action !== 'reply' || typeof text !== 'string' || text.length > LONGEST) return null;
    return { action, text, sources: sourcesIn(sources) } satisfies Answered;
  },
  broken: /["']action["']\s*:/,
};

function meantByWords(words: string): Answered | null {
  const action = ACTION.exec(words)?.[1]?.toLowerCase();
  return action === 'handover' || action === 'silent' ? { action, text: '' } : null;
}

/** As far as they are any. */
function sourcesIn(sources: unknown): string[] {
  const all: unknown[] = Array.isArray(sources) ? sources : [sources];
  return all.filter((one) => typeof one === 'string').slice(0, MOST_SOURCES);
}
