/** Schemas of settings as forms want them: with titles and sentences in the language of who asks. */
import type Koa from 'koa';
import type { TSchema } from 'typebox';
import { isTree, type Tree } from '../config/tree.ts';
import type { Summarize } from '../http/language.ts';
import { isSecretName } from '../security/masked.ts';
import { ADD, LABELS, MARK, NAME } from './marks.ts';

/** The schema with titles and sentences in the language of who asks, and secrets marked. */
export function schemaInWords(summarize: Summarize, ctx: Koa.Context, schema: TSchema, name: string): Tree {
  const { [MARK]: _mark, [LABELS]: labels, ...own }: Tree = { ...schema };
  const key = name.split('.').at(-1) ?? name;
  // One of several values is called by itself, and not as the setting that has them.
  const title =
    'const' in own ? String(own.title ?? own.const) : summarize(ctx, name, String(own.title ?? wordsOf(key)));
  // What a plugin is for has its words already.
  const plugin = /^plugins\.([^.]+)\.enabled$/.exec(name)?.[1];
  const about = summarize(ctx, plugin ?? `${name}.about`, String(own.description ?? ''));
  const named = isTree(own.patternProperties) ? Object.values(own.patternProperties) : [];
  const nested = (below: unknown, of: string): unknown => schemaInWords(summarize, ctx, below as TSchema, of);
  const called = (value: string, english: unknown) => ({
    const: value,
    title: summarize(ctx, `${name}.${value}`, String(english)),
  });
  return {
    ...own,
    ...(title !== '' && { title }),
    ...(about !== '' && { description: about }),
    ...(own.type === 'string' && isSecretName(key) && { writeOnly: true }),
    ...(own[ADD] !== undefined && { [ADD]: summarize(ctx, `${name}.add`, String(own[ADD])) }),
    ...(own[NAME] !== undefined && { [NAME]: summarize(ctx, `${name}.named`, String(own[NAME])) }),
    ...(Array.isArray(own.anyOf) && { anyOf: own.anyOf.filter(isNotOff).map((one) => nested(one, name)) }),
    ...(isTree(labels) && {
      enum: undefined,
      anyOf: Object.entries(labels).map(([value, english]) => called(value, english)),
    }),
    ...(isTree(own.items) && { items: nested(own.items, `${name}.*`) }),
    ...(isTree(own.properties) && {
      properties: Object.fromEntries(
        Object.entries(own.properties).map(([below, one]) => [below, nested(one, `${name}.${below}`)]),
      ),
    }),
    // Forms know names of the writer's own by this keyword.
    ...(named.length > 0 && {
      patternProperties: undefined,
      additionalProperties: nested(named[0], `${name}.*`),
    }),
  };
}

/** `false` in place of a list is in a form a list without entries. */
function isNotOff(variant: unknown): boolean {
  return !(isTree(variant) && variant.const === false);
}

/** `perMinutePerDomain` → `Per minute per domain`: for settings whose schema has no title. Entries have their number or name. */
function wordsOf(key: string): string {
  if (key === '*') return '';
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
