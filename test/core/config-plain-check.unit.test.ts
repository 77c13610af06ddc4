/** What the quick check of configurations calls right is right to Ajv as well, with the same defaults filled in. */
import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import Type, { type TSchema } from 'typebox';
import { isTree, loadConfig } from '#core/config/load.ts';
import { isSurelyRight } from '#core/config/plain-check.ts';
import { CoreConfig } from '#core/config/schema.ts';
import { valueAt } from '#core/configuration.ts';
import { loadPlugins, pluginConfigSchema } from '#core/plugins.ts';

const ajv = addFormats.default(new Ajv({ useDefaults: true, strict: false, validateSchema: false }));

describe('the quick check of configurations', () => {
  const loaded = loadConfig({ env: {} });
  let parts: { name: string; schema: TSchema; value: unknown }[] = [];
  before(async () => {
    const { plugins: _, ...core } = loaded.values;
    const plugins = await loadPlugins(loaded);
    parts = [
      { name: 'core', schema: CoreConfig, value: core },
      ...plugins.map(({ key, plugin }) => ({
        name: key,
        schema: pluginConfigSchema(plugin),
        value: valueAt(loaded.values, ['plugins', key]) ?? {},
      })),
    ];
  });

  it('knows the defaults of core and of all plugins to be right', () => {
    assert.ok(parts.length > 7);
    for (const { name, schema, value } of parts) {
      const [quick, full] = [structuredClone(value), structuredClone(value)];
      assert.ok(isSurelyRight(schema, quick), name);
      assert.ok(ajv.validate(schema, full), name);
      assert.deepEqual(quick, full, name);
    }
  });

  it('calls nothing right that Ajv refuses, and fills in what Ajv fills in', () => {
    for (const { name, schema, value } of parts) {
      const places = placesIn(schema);
      const change = fc.tuple(fc.constantFrom(...places), fc.oneof(fc.constant(undefined), odd(), fc.jsonValue()));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
          const quick = structuredClone(value);
          for (const [place, given] of changes) set(quick, place, structuredClone(given));
          const full = structuredClone(quick);
          const isRight = isSurelyRight(schema, quick);
          assert.ok(!isRight || ajv.validate(schema, full), name);
          if (isRight) assert.deepEqual(quick, full, name);
        }),
        { numRuns: 300 },
      );
    }
  });

  it('is not sure of what it does not know', () => {
    const strange = [
      Type.Object({ at: Type.String({ format: 'date' }) }),
      Type.Object({ at: { not: { type: 'number' } } as TSchema }),
      Type.Object({ at: Type.Array(Type.Object({}), { contains: {} }) }),
    ];
    for (const schema of strange)
      for (const at of ['2026-01-01', [{}]]) assert.equal(isSurelyRight(schema, { at }), false);
    assert.equal(isSurelyRight(Type.Object({ at: Type.Unknown() }), { at: new Date(0) }), false);
  });
});

/** Values near those that are taken. */
function odd() {
  return fc.constantFrom<unknown>(
    -1,
    0,
    1,
    1.5,
    1e9,
    '',
    'x',
    '1',
    'ada@shop.example',
    'ada@',
    null,
    true,
    false,
    [],
    {},
    [''],
    ['x'],
    { x: 1 },
  );
}

/** The ways to all that a schema names, and to a name that it does not know. */
function placesIn(schema: unknown): string[][] {
  if (!isTree(schema)) return [];
  const { properties = {}, patternProperties, additionalProperties } = schema;
  const others = isTree(patternProperties) ? Object.values(patternProperties) : [additionalProperties];
  const named = [...Object.entries(properties as object), ...others.map((other) => ['unknown', other] as const)];
  const isObject = isTree(schema.properties) || isTree(patternProperties) || isTree(additionalProperties);
  return isObject ? named.flatMap(([name, one]) => [[name], ...placesIn(one).map((place) => [name, ...place])]) : [];
}

function set(tree: unknown, place: readonly string[], value: unknown): void {
  const above = valueAt(tree, place.slice(0, -1));
  if (isTree(above)) above[place.at(-1) ?? ''] = value;
}
