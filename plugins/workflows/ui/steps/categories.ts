/** Steps as people look for them: under what they are about, by their names in plain words. */
import type { Kind } from '../graph/tasks.ts';

export const CATEGORIES = [
  'mail',
  'robots',
  'ai',
  'licences',
  'money',
  'people',
  'web',
  'logic',
  'code',
  'more',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** By the first word of a function's name. */
const OF_WORDS: Readonly<Record<string, Category>> = {
  mail: 'mail',
  robots: 'robots',
  conversations: 'robots',
  contacts: 'robots',
  ai: 'ai',
  kb: 'ai',
  licensing: 'licences',
  billing: 'money',
  auth: 'people',
};

/** Functions that stand elsewhere than their first word says. */
const OF_FUNCTIONS: Readonly<Record<string, Category>> = {
  'workflows.approve': 'people',
  'workflows.start': 'code',
  'workflows.execution': 'code',
};

const OF_KINDS: Readonly<Record<Exclude<Kind, 'call'>, Category>> = {
  switch: 'logic',
  set: 'logic',
  for: 'logic',
  wait: 'logic',
  listen: 'logic',
  try: 'logic',
  fork: 'logic',
  do: 'logic',
  emit: 'logic',
  raise: 'logic',
  run: 'code',
};

/** Calls that the language knows itself. */
export const LANGUAGE_CALLS = ['http', 'openapi', 'mcp'] as const;

export function isLanguageCall(name: string): boolean {
  return (LANGUAGE_CALLS as readonly string[]).includes(name);
}

export function categoryOfCall(name: string): Category {
  if (isLanguageCall(name)) return 'web';
  return OF_FUNCTIONS[name] ?? OF_WORDS[name.split('.')[0] ?? ''] ?? 'more';
}

export function categoryOfKind(kind: Exclude<Kind, 'call'>): Category {
  return OF_KINDS[kind];
}

/** The key of a call's texts: `ai.classify` is `ai_classify`. */
export function textKeyOf(call: string): string {
  return call.replaceAll('.', '_');
}
