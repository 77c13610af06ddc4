/**
 * What super-admins can set has a name and a sentence for people who have never seen the configuration, in English and in Chinese,
 * whichever plugin it is of, and so has all that is in it.
 */
import assert from 'node:assert/strict';
import { isTree, type Tree } from '#core/config/tree.ts';
import { prepare, settingsOf } from '#core/configuration.ts';
import { SETTINGS_AREAS } from '#core/settings/areas.ts';
import type { Setting } from '#core/settings/marks.ts';
import { coreSummaries } from '#core/summaries.ts';

/** What only those who write configuration files know. */
const OF_FILES = /\bnull\b|\btrue\b|\bfalse\b|\[\]|\bAs with\b|\bso (often|long|many)\b/;
const SWITCH = /^plugins\.[^.]+\.enabled$/;

interface Field {
  name: string;
  schema: Tree;
}

describe('names of settings', () => {
  let settings: readonly Setting[];
  let fields: readonly Field[];
  let chinese: ReadonlySet<string>;

  before(async () => {
    const configuration = await prepare({ env: {} });
    const texts = [coreSummaries, ...configuration.plugins.map(({ plugin }) => plugin.summaries ?? {})];
    chinese = new Set(texts.flatMap((one) => Object.keys(one.zh ?? {})));
    settings = settingsOf(configuration);
    fields = settings.flatMap(({ name, schema }) => fieldsIn({ name, schema: schema as unknown as Tree }));
    assert.ok(fields.length > 80);
  });

  it('are there with a sentence in both languages, and only for what there is', () => {
    const lacking = fields.flatMap(({ name, schema: { title, description } }) => [
      ...(typeof title === 'string' ? [] : [`${name}: title`]),
      ...(typeof description === 'string' && description !== '' ? [] : [`${name}: description`]),
      // What a plugin is for stands under its own name.
      ...[name, `${name}.about`].filter((key) => !chinese.has(key) && !(key.endsWith('.about') && SWITCH.test(name))),
    ]);
    assert.deepEqual(lacking, []);
    const names = new Set(fields.map(({ name }) => name));
    const about = [...chinese].filter((key) => key.endsWith('.about')).map((key) => key.slice(0, -'.about'.length));
    assert.deepEqual(
      about.filter((name) => !names.has(name)),
      [],
    );
    assert.deepEqual(
      settings.filter(({ area }) => !Object.hasOwn(SETTINGS_AREAS, area)).map(({ name }) => name),
      [],
    );
  });

  it('are those of pages, and not of a configuration file', () => {
    const odd = fields.filter(({ schema }) => OF_FILES.test(`${schema.title} ${schema.description}`));
    assert.deepEqual(
      odd.map(({ name, schema }) => `${name}: ${schema.description}`),
      [],
    );
  });

  it('include those of the values of a choice, and of what is added to a list', () => {
    const lacking = fields.flatMap(({ name, schema }) => {
      const values = valuesOf(schema);
      const choices = isTree(schema['x-labels']) ? schema['x-labels'] : {};
      const isMany = branchesOf(schema).some((one) => one.type === 'array' || isTree(one.patternProperties));
      return [
        ...values.filter((value) => choices[value] === undefined).map((value) => `${name}: ${value}`),
        ...(isMany && schema['x-add'] === undefined ? [`${name}: x-add`] : []),
        ...[
          ...values.map((value) => `${name}.${value}`),
          ...(isMany ? [`${name}.add`] : []),
          ...(schema['x-name'] === undefined ? [] : [`${name}.named`]),
        ].filter((key) => !chinese.has(key)),
      ];
    });
    assert.deepEqual(lacking, []);
  });
});

/** The setting itself, and each field in it, also of the entries of a record. */
function fieldsIn(field: Field): Field[] {
  const { name, schema } = field;
  const below = branchesOf(schema).flatMap(({ properties, patternProperties }) => [
    ...entriesOf(properties).flatMap(([key, one]) => fieldsIn({ name: `${name}.${key}`, schema: one })),
    ...entriesOf(patternProperties).flatMap(([, one]) => fieldsIn({ name: `${name}.*`, schema: one }).slice(1)),
  ]);
  return [field, ...below];
}

function entriesOf(schemas: unknown): [string, Tree][] {
  return isTree(schemas) ? (Object.entries(schemas) as [string, Tree][]) : [];
}

/** The schema and those of which it is one. */
function branchesOf(schema: Tree): Tree[] {
  return [schema, ...(Array.isArray(schema.anyOf) ? schema.anyOf.filter(isTree) : [])];
}

/** The texts that a choice allows. */
function valuesOf(schema: Tree): string[] {
  const constants = branchesOf(schema).map((variant) => variant.const);
  return [...(Array.isArray(schema.enum) ? schema.enum : []), ...constants].filter(
    (value) => typeof value === 'string',
  );
}
