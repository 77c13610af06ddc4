/** Texts that patterns could be lost in are done with in a moment: no pattern tries what it has tried before. */
import assert from 'node:assert/strict';
import { plainText, splitFor } from '#plugins/robots/inbox/channel-text.ts';
import { fingerprint, isOneOf, saysOneOf } from '#plugins/robots/inbox/folded.ts';
import { checkVariables, withVariables } from '#plugins/robots/services/variables.ts';

/** Four times what any of them may be. What tries again from every place takes seconds, what shares it out ever anew years. */
const LENGTH = 80_000;
const MOMENT_MS = 3_000;
const PIECES = [
  ...[
    '{{',
    '{{ ',
    '{',
    '}',
    ' ',
    '\t',
    '\n',
    '\n ',
    '#',
    '# ',
    '> ',
    '>',
    '|',
    '| ',
    '|-',
    '|:-',
    ':-',
    '-',
    '- ',
    '-*_ ',
  ],
  ...[
    '!',
    '?',
    '."',
    '!) ',
    '。',
    '。」',
    '…',
    '，',
    '[',
    '[ ] ',
    '](',
    '`',
    '\\',
    '<http://',
    '\u0301',
    '\u200d',
    '👨‍👩‍👧',
  ],
];

const FUNCTIONS: Record<string, (text: string) => unknown> = {
  'Markdown becomes plain': plainText,
  'what is long is split': (text) => [splitFor('workbot', text), splitFor('telegram', text)],
  'words are looked for': (text) => [saysOneOf(['human', 'talk to a person', '人工'])(text), isOneOf(['STOP'])(text)],
  'texts are compared': fingerprint,
  'variables are filled in': (text) => withVariables(text, { person: 'x', fields: '{"a":"b"}', robot: 'x' }),
  'variables are checked'(text) {
    try {
      checkVariables(text);
    } catch {
      // Refused is done with as well.
    }
  },
};

describe('texts without end', () => {
  for (const [what, work] of Object.entries(FUNCTIONS))
    it(`${what} in a moment`, () => {
      for (const piece of PIECES)
        for (const [before, after] of [
          ['', ''],
          ['# ', 'x'],
          ['{{', '}'],
          ['|', ')'],
        ]) {
          const text = `${before}${piece.repeat(LENGTH / piece.length)}${after}`;
          const startedAt = performance.now();
          work(text);
          const tookMs = performance.now() - startedAt;
          assert.ok(tookMs < MOMENT_MS, `${JSON.stringify([before, piece, after])} took ${tookMs} ms`);
        }
    }).timeout(120_000);
});
