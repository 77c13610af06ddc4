/** Keys of the language and names of functions, where they are written. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';

export interface Words {
  functions(): readonly { name: string; summary: string }[];
  /** What a key of the language means, or a function does; null for other words. */
  about(word: string): string | null;
}

/** Keys by what they stand in: the workflow itself, a task of any kind. */
const HEAD = ['document', 'input', 'use', 'do', 'timeout', 'output', 'schedule', 'evaluate'];
const TASK = ['if', 'input', 'output', 'export', 'timeout', 'then', 'metadata'];
const KINDS = ['call', 'do', 'emit', 'for', 'fork', 'listen', 'raise', 'run', 'set', 'switch', 'try', 'wait'];
const INSIDE = [
  'with',
  'catch',
  'while',
  'foreach',
  'in',
  'each',
  'at',
  'from',
  'as',
  'schema',
  'when',
  'retry',
  'errors',
  'after',
  'branches',
  'compete',
  'event',
  'workflow',
  'script',
  'method',
  'endpoint',
  'headers',
  'body',
  'query',
];
const CALLS = ['http', 'openapi', 'mcp'];
export const KEYS: ReadonlySet<string> = new Set([...HEAD, ...TASK, ...KINDS, ...INSIDE]);

export function completionOf(context: CompletionContext, words: Words): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const call = /^\s*(?:-\s+)?(?:.*[{,]\s*)?call:\s+([\w.-]*)$/.exec(before);
  if (call) {
    const options: Completion[] = [
      ...CALLS.map((label): Completion => ({ label, type: 'function' })),
      ...words.functions().map(({ name, summary }): Completion => ({ label: name, detail: summary, type: 'function' })),
    ];
    return { from: context.pos - (call[1] ?? '').length, options, validFor: /^[\w.-]*$/ };
  }
  const key = /^(\s*(?:-\s+)?)(\w*)$/.exec(before);
  if (!key || ((key[2] ?? '') === '' && !context.explicit)) return null;
  const isHead = (key[1] ?? '') === '';
  const names = isHead ? HEAD : [...KINDS, ...TASK, ...INSIDE.filter((name) => !TASK.includes(name))];
  const options = names.map((label): Completion => {
    const info = words.about(label);
    return { label, apply: `${label}: `, type: 'keyword', ...(info && { info }) };
  });
  return { from: context.pos - (key[2] ?? '').length, options, validFor: /^\w*$/ };
}

/** A key before its colon, or the name behind `call:`. */
export function wordAt(text: string, at: number): { text: string; from: number; to: number } | null {
  let from = at;
  while (from > 0 && /[\w.-]/.test(text[from - 1] ?? '')) from -= 1;
  let to = at;
  while (to < text.length && /[\w.-]/.test(text[to] ?? '')) to += 1;
  if (from === to) return null;
  const isKey = /^["']?\s*:/.test(text.slice(to, to + 5));
  const isCall = /call:\s+$/.test(text.slice(Math.max(0, from - 12), from));
  return isKey || isCall ? { text: text.slice(from, to), from, to } : null;
}
