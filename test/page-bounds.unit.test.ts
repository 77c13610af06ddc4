/** Inputs of pages take their bounds from the server's own document; written again by hand, they would be others one day. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documentOfAll } from '#scripts/build-web.ts';
import { pageBounds } from '#scripts/page-bounds.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A bound of an input that is a number, a text, or a constant of the page. */
const BY_HAND =
  /(?<![\w-])(?:minLength|maxLength|min|max|step|maxTags|maxValues|pattern)=(?:"[^"]*"|\{-?[\d.][\w.]*\}|\{[A-Z][A-Z\d_]*\})/g;
/** A list of nothing but texts. */
const LIST = /\[(?<items>\s*'[^']*'(?:,\s*'[^']*')+,?\s*)\]/g;

/** Bounds that no field of a body has: file, what stands there, and why. This list may only become shorter. */
const OTHERS: Record<string, string[]> = {
  // A search of what is there already.
  'plugins/admin/ui/pages/logs.tsx': ['maxLength={200}'],
  // The least amount is a millionth, which leaving an empty field would write into it.
  'plugins/ai-replies/ui/costs/budget-form.tsx': ['min={0}'],
  // A rule for passwords, which the schema leaves to the service.
  'plugins/auth/ui/parts/fields.tsx': ['minLength={SHORTEST_PASSWORD}'],
  // Each channel has a schema of its own for its configuration.
  'plugins/robots/ui/channels/new-channel-robot.tsx': ['maxLength={500}'],
  // Values of contacts may be texts, numbers or switches: the schema has no length for them.
  'plugins/robots/ui/parts/field-rows.tsx': ['maxLength={2_000}'],
  // Settings of a tenant: the body has any of them, the plugins check their own.
  'plugins/robots/ui/settings/kept-days.tsx': ['min={1}', 'max={MOST_DAYS}'],
  'plugins/robots/ui/settings/rating.tsx': ['maxLength={LONGEST}'],
  'plugins/robots/ui/settings/working-hours.tsx': ['maxLength={LONGEST}'],
};

describe('bounds of inputs', () => {
  it('are those of the document: `node scripts/build-web.ts --types` makes them again', async () => {
    const made = pageBounds(await documentOfAll(), root);
    const there = globSync('plugins/*/ui/bounds.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'));
    assert.deepEqual(there.sort(), [...made.keys()].sort());
    for (const [file, text] of made) assert.equal(readFileSync(join(root, file), 'utf8'), text, file);
  });

  it('are written by hand only where no body has such a field', () => {
    const found = Object.fromEntries(
      pages().flatMap(([file, text]) => {
        const bounds = [...text.matchAll(BY_HAND)].map(([bound]) => bound);
        return bounds.length > 0 ? [[file, bounds]] : [];
      }),
    );
    assert.deepEqual(found, OTHERS);
  });

  it('are what lists of choices are made of: none is one of a body of its plugin, written again', async () => {
    const again = pages().flatMap(([file, text]) => {
      const bounds = readFileSync(join(root, file.split('/').slice(0, 3).join('/'), 'bounds.ts'), 'utf8');
      const known = new Set([...bounds.matchAll(LIST)].map(([, items = '']) => key(items)));
      return [...text.matchAll(LIST)]
        .filter(([, items = '']) => known.has(key(items)))
        .map(([list]) => `${file}: ${list}`);
    });
    assert.deepEqual(again, []);
  });
});

function key(items: string): string {
  return [...items.matchAll(/'([^']*)'/g)]
    .map(([, item]) => item)
    .sort()
    .join();
}

function pages(): [file: string, text: string][] {
  const files = globSync('plugins/*/ui/**/*.{ts,tsx}', { cwd: root, exclude: ['**/bounds.ts'] });
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
    .map((file) => [file, readFileSync(join(root, file), 'utf8')]);
}
