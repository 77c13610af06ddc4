/** How else the same definition may be written: by other people, other tools, other systems. */
import { parse, stringify } from 'yaml';

export const HANDS: Readonly<Record<string, (text: string) => string>> = {
  'as it stands': (text) => text,
  'with CRLF': (text) => text.replaceAll('\n', '\r\n'),
  'without a line break at the end': (text) => text.trimEnd(),
  'with comments': commented,
  'with comments and CRLF': (text) => commented(text).replaceAll('\n', '\r\n'),
  'between the marks of a document': (text) => `%YAML 1.2\n${text.startsWith('---') ? '' : '---\n'}${ended(text)}...\n`,
  'with a byte order mark': (text) => `\uFEFF${text}`,
  'with spaces at the ends of lines': (text) => text.replaceAll(/^([^\n]*[^\s|>+-]:)$/gm, '$1  '),
  'with spaces in empty lines': (text) => text.replaceAll(/(?<=\n)(?=\n)/g, ' '.repeat(12)),
  'indented by 4': (text) => stringify(parse(text), { indent: 4, lineWidth: 60 }),
  'with lists as deep as their keys': (text) => commented(stringify(parse(text), { indentSeq: false })),
  'in flow style': (text) => stringify(parse(text), { collectionStyle: 'flow', lineWidth: 0 }),
  'in broken flow style': (text) => stringify(parse(text), { collectionStyle: 'flow', lineWidth: 40 }),
  'as JSON': (text) => JSON.stringify(parse(text), null, 2),
  'as JSON with 4 spaces': (text) => `${JSON.stringify(parse(text), null, 4)}\n`,
  'as JSON in one line': (text) => JSON.stringify(parse(text)),
};

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

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
