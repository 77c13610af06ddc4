/** What super-admins can set has a name in Chinese as well, whichever plugin it is of, and so has all that is in it. */
import assert from 'node:assert/strict';
import { isTree, type Tree } from '#core/config/tree.ts';
import { prepare, settingsOf } from '#core/configuration.ts';
import { SETTINGS_AREAS } from '#core/settings/areas.ts';
import { coreSummaries } from '#core/summaries.ts';

describe('names of settings', () => {
  it('are there in Chinese, and only for what there is', async () => {
    const configuration = await prepare({ env: {} });
    const known = new Set(
      [coreSummaries, ...configuration.plugins.map(({ plugin }) => plugin.summaries ?? {})].flatMap((one) =>
        Object.keys(one.zh ?? {}),
      ),
    );
    const settings = settingsOf(configuration);
    const names = settings.flatMap(({ name, schema }) => namesIn(schema as unknown as Tree, name));
    assert.ok(names.length > 80);
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
    const about = [...known].filter((name) => name.endsWith('.about')).map((name) => name.slice(0, -'.about'.length));
    assert.deepEqual(
      about.filter((name) => !names.includes(name)),
      [],
    );
    assert.deepEqual(
      settings.filter(({ area }) => !Object.hasOwn(SETTINGS_AREAS, area)).map(({ name }) => name),
      [],
    );
  });
});

/** The setting itself, and each field in it. */
function namesIn(schema: Tree, name: string): string[] {
  const below = [
    ...Object.entries(isTree(schema.properties) ? schema.properties : {}).map(([key, one]) => [`${name}.${key}`, one]),
    ...Object.values(isTree(schema.patternProperties) ? schema.patternProperties : {})
      .filter((one) => isTree((one as Tree).properties))
      .map((one) => [`${name}.*`, one]),
  ] as [string, Tree][];
  const branches = Array.isArray(schema.anyOf) ? schema.anyOf.flatMap((one: Tree) => namesIn(one, name).slice(1)) : [];
  const nested = below.flatMap(([key, one]) => (key.endsWith('.*') ? namesIn(one, key).slice(1) : namesIn(one, key)));
  return [name, ...nested, ...branches];
}
