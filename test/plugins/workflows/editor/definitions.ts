/** Definitions in many hands: those of the examples and of the guide, as they stand and as others would have written them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { examplesOf, guidePages } from '#test/support/guide.ts';
import { root } from '../../../../scripts/setup.mjs';

export interface Written {
  name: string;
  text: string;
}

const EXAMPLES = join(root, 'plugins/workflows/examples');

export function definitions(): Written[] {
  const examples = readdirSync(EXAMPLES).map((name) => ({ name, text: readFileSync(join(EXAMPLES, name), 'utf8') }));
  const guide = guidePages().flatMap((page) =>
    examplesOf(page).map(({ place, source }) => ({ name: place, text: source })),
  );
  return [...examples, ...guide];
}

/** How else the same may be written. */
export const HANDS: Readonly<Record<string, (text: string) => string>> = {
  'as it stands': (text) => text,
  'with CRLF': (text) => text.replaceAll('\n', '\r\n'),
  'without a line break at the end': (text) => text.trimEnd(),
  'with comments': commented,
  'with comments and CRLF': (text) => commented(text).replaceAll('\n', '\r\n'),
  'indented by 4': (text) => stringify(parse(text), { indent: 4, lineWidth: 60 }),
  'with lists as deep as their keys': (text) => commented(stringify(parse(text), { indentSeq: false })),
  'in flow style': (text) => stringify(parse(text), { collectionStyle: 'flow', lineWidth: 0 }),
  'in broken flow style': (text) => stringify(parse(text), { collectionStyle: 'flow', lineWidth: 40 }),
  'as JSON': (text) => JSON.stringify(parse(text), null, 2),
  'as JSON with 4 spaces': (text) => `${JSON.stringify(parse(text), null, 4)}\n`,
  'as JSON in one line': (text) => JSON.stringify(parse(text)),
};

/** A comment above each task, and an empty line before it; one beside each name; one at the end. */
function commented(text: string): string {
  let number = 0;
  const lines = text.split('\n').flatMap((line) => {
    const task = /^(\s*)- [\w-]+:(\s|$)/.exec(line);
    if (!task || number > 40) return [line];
    number += 1;
    const beside = line.endsWith(':') ? ` # beside ${number}` : '';
    return [...(number % 2 === 0 ? [''] : []), `${task[1]}# above ${number}`, line + beside];
  });
  return `# first\n${lines.join('\n')}\n# last\n`;
}
