/** What somebody who is new looks for is found in two steps: by words in the first lines of files, and in the file. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** More files than these are no answer. */
const MOST = 5;

/** A question, the words of it that somebody greps for, where it is answered, and what in that file is the answer. */
const SEARCHES: [question: string, words: string[], file: string, answer: RegExp][] = [
  [
    'where the retry of a delivery is decided',
    ['retry', 'delivery'],
    'plugins/mail/sending/delivering.ts',
    /^const RETRY_AFTER_MS = \[/m,
  ],
  ['where the retry of a job is decided', ['retry', 'job'], 'core/jobs/jobs.ts', /^export function delayMs\(/m],
  [
    "what happens to a contact's data when it is erased",
    ['contact', 'data', 'erased'],
    'plugins/robots/conversations/contact-erasure.ts',
    /docs\/erasure\.md/,
  ],
  [
    'how a field is added to quick replies',
    ['field', 'quick replies'],
    'plugins/robots/conversations/routes/quick-replies.ts',
    /^ {2}fields: \{/m,
  ],
  [
    'who may see a conversation',
    ['may see', 'conversation'],
    'plugins/robots/conversations/visibility.ts',
    /^export function whereVisible\(/m,
  ],
  ['who may see a robot', ['may see', 'robot'], 'plugins/robots/robots/visibility.ts', /^export function maySee\(/m],
  [
    'which states a command has',
    ['states', 'command', 'has'],
    'plugins/robots/commands/states.ts',
    /^export const COMMAND_MOVES = /m,
  ],
];

describe('who is new', () => {
  const headings = globSync(['core/**/*.ts', 'plugins/**/*.ts'], {
    cwd: root,
    exclude: ['**/dist/**', '**/ui/**', '**/web/**'],
  }).map((file) => ({ file, text: headingOf(readFileSync(`${root}/${file}`, 'utf8')) }));

  for (const [question, words, file, answer] of SEARCHES)
    it(`finds ${question}`, () => {
      const found = headings.filter(({ text }) => words.every((word) => text.includes(word))).map(({ file }) => file);
      assert.ok(found.includes(file), found.join(', '));
      assert.match(readFileSync(`${root}/${file}`, 'utf8'), answer, `${file} does not answer it`);
      assert.ok(found.length <= MOST, `so many that it is no answer: ${found.join(', ')}`);
    });

  it('finds the words of these questions in the glossary', () => {
    const glossary = readFileSync(`${root}/docs/glossary.md`, 'utf8');
    for (const word of ['retry', 'erasure', 'resource', 'visibility', 'state', 'command', 'contact', 'conversation'])
      assert.match(glossary, new RegExp(`^\\| \\*\\*${word}\\*\\* \\|`, 'm'), word);
    const all = [...glossary.matchAll(/^\| \*\*([^*]+)\*\* \|/gm)].map(([, word = '']) => word);
    assert.deepEqual(all, all.toSorted(), 'in the order of the alphabet');
  });
});

/** What a file says of itself before anything else. */
function headingOf(source: string): string {
  const comment = /^\s*\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  return comment.replace(/\s*\*\s+/g, ' ').toLowerCase();
}
