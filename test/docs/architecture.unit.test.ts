/** The parts that docs/architecture.md names are those that the plugins have, with what each needs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Plugin } from '#core/plugin.ts';
import { builtInPlugins } from '#core/plugins.ts';

describe('the architecture', () => {
  it('names the parts of each plugin, each after those that it needs', async () => {
    const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
    for (const folder of builtInPlugins()) {
      const { default: plugin }: { default: Plugin } = await import(`#plugins/${folder}/index.ts`);
      const parts = plugin.parts ?? [];
      if (parts.length === 0) continue;
      const row = new RegExp(`^\\| ${plugin.name} \\| (.*) \\|$`, 'm').exec(page)?.[1] ?? '';
      const named = row.split(' · ').map((text) => {
        const [, name = '', needs = ''] = /^`([^`]+)`(?: \((.*)\))?$/.exec(text) ?? [];
        return { name, needs: needs ? needs.split(', ').sort() : [] };
      });
      const declared = parts.map(({ name, needs = [] }) => ({ name, needs: [...needs].sort() }));
      const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
      assert.deepEqual([...named].sort(byName), declared.sort(byName), plugin.name);
      for (const [place, { needs }] of named.entries())
        for (const need of needs)
          assert.ok(named.findIndex(({ name }) => name === need) < place, `${plugin.name}: ${need} comes too late`);
    }
  });
});
