/** The maps of states name the states that the code has, and the moves are those of the tables that it goes by. */
import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import type { StateMoves } from '#core/kit.ts';
import { REPLY_MOVES, TURN_MOVES } from '#plugins/ai-replies/replies/states.ts';
import { CALL_MOVES as TOOL_CALL_MOVES } from '#plugins/ai-replies/tools/states.ts';
import { LICENCE_MOVES } from '#plugins/licensing/licences/states.ts';
import { DELIVERY_MOVES, SENT_MOVES } from '#plugins/mail/sending/states.ts';
import { CALL_MOVES } from '#plugins/mail/webhooks/states.ts';
import { BROADCAST_MOVES, RECIPIENT_MOVES, SCHEDULE_MOVES } from '#plugins/robots/broadcasts/states.ts';
import { COMMAND_MOVES } from '#plugins/robots/commands/states.ts';

const root = new URL('../../', import.meta.url);
const document = readFileSync(new URL('docs/states.md', root), 'utf8');

/** By the title of its section: where the code names the states. */
const SOURCES: Record<string, [file: string, names: RegExp]> = {
  Job: ['core/jobs/jobs.ts', /\bstate: ('ready'[^;]*);/],
  'Execution of a workflow': ['plugins/workflows/language/phases.ts', /\bPHASES = \[([^\]]*)\]/],
  'Command for a robot': ['plugins/robots/commands/tables.ts', /\btype CommandStatus = ([^;]*);/],
  Broadcast: ['plugins/robots/broadcasts/tables.ts', /\btype BroadcastState = ([^;]*);/],
  'Recipient of a broadcast': ['plugins/robots/broadcasts/tables.ts', /\btype RecipientState = ([^;]*);/],
  'Scheduled message': ['plugins/robots/broadcasts/tables.ts', /\btype ScheduleState = ([^;]*);/],
  'Turn of a conversation': ['plugins/ai-replies/replies/tables.ts', /\btype TurnState = ([^;]*);/],
  'Reply of a model': ['plugins/ai-replies/replies/tables.ts', /\btype ReplyState = ([^;]*);/],
  'Call of a tool': ['plugins/ai-replies/tools/tables.ts', /\btype ToolCallState = ([^;]*);/],
  Subscription: ['plugins/billing/contract.ts', /\btype SubscriptionStatus = ([^;]*);/],
  Licence: ['plugins/licensing/licences/tables.ts', /\btype LicenceStatus = ([^;]*);/],
  'Delivery of a mail': ['plugins/mail/sending/states.ts', /\bSENT_STATUSES = \[([^\]]*)\]/],
  'Call of a webhook': ['plugins/mail/webhooks/states.ts', /\bCALL_STATES = \[([^\]]*)\]/],
};

/** Those that are drawn whole from what the code goes by; `UPDATE_STATES=1` draws them anew. */
const DRAWN: Record<string, StateMoves<string>> = {
  'Command for a robot': COMMAND_MOVES,
  Broadcast: BROADCAST_MOVES,
  'Recipient of a broadcast': RECIPIENT_MOVES,
  'Scheduled message': SCHEDULE_MOVES,
  'Turn of a conversation': TURN_MOVES,
  'Reply of a model': REPLY_MOVES,
  'Call of a tool': TOOL_CALL_MOVES,
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
    const moves: StateMoves<string> = COMMAND_MOVES;
    const table = Object.entries(moves).flatMap(([move, { from, to }]) =>
      from.filter((one) => one !== 'new').flatMap((one) => to.map((other) => `${one} ${move} ${other}`)),
    );
    assert.deepEqual(drawn.sort(), table.sort());
  });

  for (const [title, moves] of Object.entries(DRAWN))
    it(`draw ${title} from its table: who moves what where, in which transaction, and what is told`, () => {
      const section = sectionOf(title);
      const wanted = `${section.slice(0, section.indexOf('```mermaid'))}${drawn(moves)}\n`;
      if (process.env.UPDATE_STATES) redraw(title, wanted);
      else assert.equal(section.trimEnd(), wanted.trimEnd(), 'UPDATE_STATES=1 draws it anew');
    });

  it('are kept by whoever moves one of these: no state is written beside the tables', () => {
    const written = MOVED.flatMap((folder) =>
      globSync(`${folder}/*.ts`, { cwd: root }).flatMap((file) => {
        const text = readFileSync(new URL(file, root), 'utf8');
        const found = [...text.matchAll(/\.update\(\s*\{[^}]*\bstate\b/g)].map(([one]) => `${file}: ${one}`);
        return file.endsWith('/states.ts') ? [] : found;
      }),
    );
    assert.deepEqual(written, [], 'name the move: createStateMover');
  });

  it('of jobs are written in two files: one has all statements that move them, the other claims', () => {
    const writing = /\bset state = '|\bstate: '(?:ready|running|dead)'[\s\S]*?\.(?:update|insert)\(|\.update\(\{ state/;
    const written = globSync('core/jobs/*.ts', { cwd: root }).filter((file) =>
      writing.test(readFileSync(new URL(file, root), 'utf8')),
    );
    assert.deepEqual(written.sort(), ['core/jobs/claims.ts', 'core/jobs/job-rows.ts']);
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

/** Where rows are moved that have a mover. */
const MOVED = ['plugins/ai-replies/replies', 'plugins/ai-replies/tools', 'plugins/robots/broadcasts'];

function drawn(moves: StateMoves<string>): string {
  const arrows = new Map<string, string[]>();
  for (const [name, { from, to }] of Object.entries(moves))
    for (const one of from)
      for (const other of to) {
        const arrow = `${one === 'new' ? '[*]' : one} --> ${other}`;
        arrows.set(arrow, [...(arrows.get(arrow) ?? []), name]);
      }
  const rows = Object.entries(moves).map(
    ([name, { by, within, notifies }]) => `| ${name} | ${by} | ${within || '–'} | ${notifies || '–'} |`,
  );
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...[...arrows].map(([arrow, names]) => `  ${arrow}: ${names.join(', ')}`),
    '```',
    '',
    '| move | by | in the same transaction | told |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function redraw(title: string, wanted: string): void {
  const file = new URL('docs/states.md', root);
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(sectionOf(title), () => `${wanted}\n`),
  );
}

interface Move {
  from: readonly string[];
  to: readonly string[];
}

/** Without what stays as it is. */
function changes(pairs: readonly string[]): string[] {
  return [...new Set(pairs)].filter((pair) => !/^(\w+) \1$/.test(pair)).sort();
}

/** Without its heading's mark. */
function sectionOf(title: string): string {
  return document.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
}

function arrowsOf(title: string): Arrow[] {
  const section = sectionOf(title);
  return [...section.matchAll(/^ {2}(\S+) --> ([^\s:]+)(?:: (.+))?$/gm)].map(([, from = '', to = '', why = '']) => ({
    from,
    to,
    why,
  }));
}
