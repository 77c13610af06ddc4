/** docs/mail-standards.md: each demand has a test that is there, or says why there is none. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';

const TESTS = join(root, 'test', 'plugins', 'mail');
/** Why a demand has no test. */
const WITHOUT = /\*\*(?:otherwise|not ours)\*\*: \S/i;
/** Texts that a row has to stand for at least. */
const TEXTS = ['5321', '5322', '3464', '3834', '6409', '8617', '8601'];

const text = readFileSync(join(root, 'docs', 'mail-standards.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| § |'))
  .map((line) => line.slice(2, -2).split(' | '));

describe('the table of mail standards', () => {
  it('has four cells in each row, and a part for each text', () => {
    assert.ok(rows.length > 100, `${rows.length}`);
    for (const cells of rows) assert.equal(cells.length, 4, cells.join(' | '));
    for (const number of TEXTS) assert.match(text, new RegExp(`^##+ .*RFC ${number}`, 'm'));
  });

  it('names tests that are there, by their file and title', () => {
    for (const [section, demand, here = '', cell = ''] of rows) {
      const row = `${section} ${demand}`;
      if (cell === '—') {
        assert.match(here, WITHOUT, row);
        continue;
      }
      for (const named of cell.split('<br>')) {
        const [, file = '', title = ''] = /^`([\w./-]+\.test\.ts)`: (.+)$/.exec(named) ?? [];
        const place = join(TESTS, file);
        assert.ok(file !== '' && existsSync(place), `${row}: ${named}`);
        assert.ok(
          titlesIn(readFileSync(place, 'utf8')).some((one) => one.startsWith(title)),
          `${row}: ${named}`,
        );
      }
    }
  });
});

function titlesIn(source: string): string[] {
  return [...source.matchAll(/\bit\(\s*(['"`])((?:(?!\1)[^\\]|\\.)+)\1/g)].map(([, , title = '']) => title);
}
