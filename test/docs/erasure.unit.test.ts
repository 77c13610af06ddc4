/** The page about what goes with whom is what the plugins declare; `UPDATE_ERASURE=1` writes it anew. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Ending } from '#core/events/owned-tables.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const root = new URL('../../', import.meta.url);
const PAGE = new URL('docs/erasure.md', root);
const PLUGINS = ['auth', 'billing', 'licensing', 'mail', 'robots', 'ai-replies', 'workflows'];
const INTRO = `# What goes with whom

When a contact, a person, an organisation or a robot is erased, this becomes of the rows of each table. It is what plugins declare (\`tables\` of a
part, drawn by \`UPDATE_ERASURE=1 npm test -- test/docs/erasure.unit.test.ts\`), and \`test/plugins/owned-tables.unit.test.ts\` finds
a table that is forgotten. A file is named where its code does it; rows that only belong to others go with them, by their foreign keys.
`;
/** Titles of the events that tell of an end, in the order of the page. */
const ENDS = {
  'contact.erased': 'A contact',
  'user.deleted': 'A person with an account',
  'tenant.deleted': 'An organisation',
  'robot.erased': 'A robot',
};

describe('the page about erasure', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: PLUGINS });
  });
  after(() => app.stop());

  it('says what becomes of each table, as it is declared', () => {
    const page = [INTRO, ...Object.entries(ENDS).map(([event, title]) => section(event, title))].join('\n');
    if (process.env.UPDATE_ERASURE) writeFileSync(PAGE, page);
    assert.equal(readFileSync(PAGE, 'utf8'), page, 'UPDATE_ERASURE=1 writes it anew');
  });

  function section(event: string, title: string): string {
    const rows = app.platform.plugins.flatMap(({ plugin }) =>
      Object.entries(plugin.tables ?? {}).flatMap(([table, endings]) => {
        const ending = (endings as Readonly<Record<string, Ending | undefined>>)[event];
        return ending === undefined ? [] : [`| \`${table}\` | ${inWords(ending, plugin.name)} |`];
      }),
    );
    assert.ok(rows.length > 0, `nothing is declared for ${event}`);
    return [
      `## ${title}`,
      '',
      `Told by \`${event}\`.`,
      '',
      '| table | its rows |',
      '|---|---|',
      ...rows.sort(),
      '',
    ].join('\n');
  }
});

function inWords(ending: Ending, plugin: string): string {
  if (typeof ending === 'string') return `deleted, by \`${ending}\``;
  if ('kept' in ending) return `stay: ${ending.kept}`;
  if ('by' in ending) return fileOf(ending.by, plugin);
  const by = Object.keys(ending.where)
    .map((column) => `\`${column}\``)
    .join(', ');
  if (!ending.set) return `deleted, by ${by}`;
  return `stay, without ${Object.keys(ending.set)
    .map((column) => `\`${column}\``)
    .join(', ')}`;
}

/** What sees to it: a file of the plugin, or something in words. */
function fileOf(by: string, plugin: string): string {
  const named = /^([\w/-]+\.ts)(.*)$/.exec(by);
  if (!named) return `go with ${by}`;
  const [, file = '', more = ''] = named;
  const path = [`plugins/${plugin}/${file}`, `plugins/${file}`].find((one) => existsSync(new URL(one, root)));
  assert.ok(path, `${plugin} has no ${file}`);
  return `by \`${path}\`${more}`;
}
