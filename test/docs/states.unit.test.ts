/** The maps of states name the states that the code has, and the moves of commands are those of its table. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { COMMAND_MOVES } from '#plugins/robots/services/command-states.ts';

const root = new URL('../../', import.meta.url);
const document = readFileSync(new URL('docs/states.md', root), 'utf8');

/** By the title of its section: where the code names the states. */
const SOURCES: Record<string, [file: string, names: RegExp]> = {
  Job: ['core/jobs/jobs.ts', /\bstate: ('ready'[^;]*);/],
  'Execution of a workflow': ['plugins/workflows/language/phases.ts', /\bPHASES = \[([^\]]*)\]/],
  'Command for a robot': ['plugins/robots/tables.ts', /\btype CommandStatus = ([^;]*);/],
  'Reply of a model': ['plugins/ai-replies/replies/tables.ts', /\btype ReplyState = ([^;]*);/],
  Subscription: ['plugins/billing/contract.ts', /\btype SubscriptionStatus = ([^;]*);/],
  Licence: ['plugins/licensing/tables.ts', /\btype LicenceStatus = ([^;]*);/],
  'Delivery of a mail': ['plugins/mail/sending/tables.ts', /\btype SentStatus = ([^;]*);/],
};

interface Arrow {
  from: string;
  to: string;
  why: string;
}

describe('the maps of states', () => {
  it('are those of the things that have states', () => {
    const titles = [...document.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    assert.deepEqual(titles, Object.keys(SOURCES));
  });

  for (const [title, [file, names]] of Object.entries(SOURCES))
    it(`name each state of ${title}, and no other`, () => {
      const declared = names.exec(readFileSync(new URL(file, root), 'utf8'))?.[1] ?? '';
      const states = [...declared.matchAll(/'(\w+)'/g)].map(([, name]) => name ?? '');
      assert.ok(states.length > 2, `${file} names no states`);
      const drawn = new Set(arrowsOf(title).flatMap(({ from, to }) => [from, to]));
      drawn.delete('[*]');
      assert.deepEqual([...drawn].sort(), states.sort());
    });

  it('draw the moves of commands as the table has them', () => {
    const drawn = arrowsOf('Command for a robot')
      .filter(({ from }) => from !== '[*]')
      .flatMap(({ from, to, why }) => why.split(', ').map((move) => `${from} ${move} ${to}`));
    const table = Object.entries(COMMAND_MOVES).flatMap(([move, { from, to }]) =>
      from.flatMap((one) => to.map((other) => `${one} ${move} ${other}`)),
    );
    assert.deepEqual(drawn.sort(), table.sort());
  });
});

function arrowsOf(title: string): Arrow[] {
  const section = document.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
  return [...section.matchAll(/^ {2}(\S+) --> ([^\s:]+)(?:: (.+))?$/gm)].map(([, from = '', to = '', why = '']) => ({
    from,
    to,
    why,
  }));
}
