/** The maps of states name the states that the code has, and the moves are those of the tables that it goes by. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { LICENCE_MOVES } from '#plugins/licensing/licences/states.ts';
import { DELIVERY_MOVES, SENT_MOVES } from '#plugins/mail/sending/states.ts';
import { CALL_MOVES } from '#plugins/mail/webhooks/states.ts';
import { COMMAND_MOVES } from '#plugins/robots/commands/command-states.ts';

const root = new URL('../../', import.meta.url);
const document = readFileSync(new URL('docs/states.md', root), 'utf8');

/** By the title of its section: where the code names the states. */
const SOURCES: Record<string, [file: string, names: RegExp]> = {
  Job: ['core/jobs/jobs.ts', /\bstate: ('ready'[^;]*);/],
  'Execution of a workflow': ['plugins/workflows/language/phases.ts', /\bPHASES = \[([^\]]*)\]/],
  'Command for a robot': ['plugins/robots/commands/tables.ts', /\btype CommandStatus = ([^;]*);/],
  'Reply of a model': ['plugins/ai-replies/replies/tables.ts', /\btype ReplyState = ([^;]*);/],
  Subscription: ['plugins/billing/contract.ts', /\btype SubscriptionStatus = ([^;]*);/],
  Licence: ['plugins/licensing/licences/tables.ts', /\btype LicenceStatus = ([^;]*);/],
  'Delivery of a mail': ['plugins/mail/sending/states.ts', /\bSENT_STATUSES = \[([^\]]*)\]/],
  'Call of a webhook': ['plugins/mail/webhooks/states.ts', /\bCALL_STATES = \[([^\]]*)\]/],
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

  it('draw the moves of mail, and of calls of webhooks, as the tables have them', () => {
    const tables: [title: string, moves: Move[]][] = [
      ['Delivery of a mail', [...Object.values(SENT_MOVES), ...Object.values(DELIVERY_MOVES)]],
      ['Call of a webhook', Object.values(CALL_MOVES)],
    ];
    for (const [title, moves] of tables) {
      const drawn = arrowsOf(title).filter(({ from }) => from !== '[*]');
      const pairs = moves.flatMap(({ from, to }) => from.flatMap((one) => to.map((other) => `${one} ${other}`)));
      assert.deepEqual(changes(drawn.map(({ from, to }) => `${from} ${to}`)), changes(pairs), title);
    }
  });

  it('draw the ways of licences as the table has them', () => {
    const drawn = arrowsOf('Licence').filter(({ from, to }) => from !== '[*]' && to !== '[*]');
    const table = Object.values(LICENCE_MOVES).flatMap((ways) =>
      Object.entries(ways).map(([from, to]) => `${from} ${to}`),
    );
    assert.deepEqual(drawn.map(({ from, to }) => `${from} ${to}`).sort(), [...new Set(table)].sort());
  });
});

interface Move {
  from: readonly string[];
  to: readonly string[];
}

/** Without what stays as it is. */
function changes(pairs: readonly string[]): string[] {
  return [...new Set(pairs)].filter((pair) => !/^(\w+) \1$/.test(pair)).sort();
}

function arrowsOf(title: string): Arrow[] {
  const section = document.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
  return [...section.matchAll(/^ {2}(\S+) --> ([^\s:]+)(?:: (.+))?$/gm)].map(([, from = '', to = '', why = '']) => ({
    from,
    to,
    why,
  }));
}
