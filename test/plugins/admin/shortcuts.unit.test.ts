/** The keys that plugins give their commands. */
import assert from 'node:assert/strict';
import { prepare } from '#core/configuration.ts';

describe('shortcuts of the plugins', () => {
  it('are each those of one command alone', async () => {
    const { plugins } = await prepare({ env: {}, overrides: {} });
    const all = plugins.flatMap(({ plugin }) => plugin.pages?.commands ?? []);
    const keys = all.flatMap(({ shortcut }) => shortcut ?? []);
    assert.ok(keys.includes('g m'));
    const twice = keys.filter((one, at) => keys.indexOf(one) !== at);
    assert.deepEqual(twice, []);
  });
});
