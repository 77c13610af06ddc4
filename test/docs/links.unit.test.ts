/** Links between the documents lead to files and headings that are there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/setup.mjs';

const LINK = /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g;

describe('documents', () => {
  it('lead to files and headings that are there', async () => {
    const wrong: string[] = [];
    for (const file of await documents()) {
      for (const [, target = '', heading] of readFileSync(file, 'utf8').matchAll(LINK)) {
        const goal = target === '' ? file : join(dirname(file), target);
        if (!existsSync(goal) || (heading && !headingsOf(goal).includes(heading))) {
          wrong.push(`${file.slice(root.length + 1)}: ${target}${heading ? `#${heading}` : ''}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('name tests that are there', async () => {
    const wrong: string[] = [];
    let named = 0;
    for (const file of await documents()) {
      const text = readFileSync(file, 'utf8');
      const below = /^.*Paths are below `(.+?)`/m.exec(text)?.[1];
      const inTables = below
        ? [...text.matchAll(/`([\w.-]+\.test\.ts)`/g)].map(([, name]) => join(below, `${name}`))
        : [];
      for (const path of [...inTables, ...(text.match(/\btest\/[\w./-]+\.test\.ts/g) ?? [])]) {
        named++;
        if (!existsSync(join(root, path))) wrong.push(`${file.slice(root.length + 1)}: ${path}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(named > 20);
  });
});

async function documents(): Promise<string[]> {
  const found = (await readdir(root)).filter((file) => file.endsWith('.md'));
  for (const folder of ['docs', 'plugins']) {
    const inside = await readdir(join(root, folder), { recursive: true });
    found.push(...inside.filter((file) => file.endsWith('.md')).map((file) => join(folder, file)));
  }
  return found.map((file) => join(root, file));
}

/** As GitHub makes anchors of them. */
function headingsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
