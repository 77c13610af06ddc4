/** Texts that patterns could be lost in come to an end: no pattern tries what it has tried before. */
import { plainText, splitFor } from '#plugins/robots/commands/channel-text.ts';
import { fingerprint, isOneOf, saysOneOf } from '#plugins/robots/conversations/normalize.ts';
import { checkVariables, withVariables } from '#plugins/robots/conversations/variables.ts';

/**
 * Twelve times what any of them may be. Of what tries again from every place the test does not see the end, of what shares it
 * out ever anew nobody does.
 */
const LENGTH = 240_000;
const PIECES = [
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
    for (const piece of PIECES)
      it(`full of ${JSON.stringify(piece)} come to an end when ${what}`, () => {
        for (const [before, after] of [
          ['', ''],
          ['# ', 'x'],
          ['{{', '}'],
          ['|', ')'],
        ])
          work(`${before}${piece.repeat(LENGTH / piece.length)}${after}`);
      });

  it('behind a link that is left open come to an end when Markdown becomes plain', () => {
    for (const link of ['[a](', '![a]('])
      for (const piece of ['x', 'x ', '#', link]) plainText(link + piece.repeat(LENGTH / piece.length));
  });
});
