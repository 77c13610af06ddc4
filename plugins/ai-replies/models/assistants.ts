/**
 * Assistants: providers with instructions, knowledge and memory of their own. They are given what the customer says in this turn,
 * and nothing of ours. (A model is given instructions, passages, what was said before, and tools.)
 */
import { createHash } from 'node:crypto';
import type { KnownProvider } from './kinds/kind.ts';
import type { Way } from './types.ts';

const BY_THEMSELVES: ReadonlySet<KnownProvider['kind']> = new Set(['dify', 'coze', 'webhook']);

export function isAssistant({ kind, assistant }: Pick<KnownProvider, 'kind' | 'assistant'>): boolean {
  // Anthropic's API knows models alone: no conversation of theirs could be gone on with.
  return kind !== 'anthropic' && (assistant ?? BY_THEMSELVES.has(kind));
}

/** Unless the operator wants it to be given all that a model is. */
export function takesTurns(provider: Pick<KnownProvider, 'kind' | 'assistant' | 'instructions'>): boolean {
  return isAssistant(provider) && !provider.instructions;
}

/** Which assistant it is, whatever it is called: one that is put in its place under its name knows none of its conversations. */
export function identityOf({ kind, baseUrl }: Pick<KnownProvider, 'kind' | 'baseUrl'>): string {
  return createHash('sha256').update(`${kind} ${baseUrl}`).digest('base64url');
}

/** Without the marker by which an assistant asks for a person; `isThere` when it stood in it. */
export function withoutMarker(text: string, marker: string): { text: string; isThere: boolean } {
  const isThere = marker !== '' && text.includes(marker);
  return { text: isThere ? text.replaceAll(marker, '').trim() : text, isThere };
}

export function waysOf(providers: readonly KnownProvider[]): Way[] {
  const ways: Way[] = [];
  for (const provider of providers) {
    const last = ways.at(-1);
    // Each assistant has a conversation of its own.
    if (last && !last.takesTurns && !takesTurns(provider)) last.names.push(provider.name);
    else ways.push({ takesTurns: takesTurns(provider), names: [provider.name] });
  }
  return ways;
}
