/** Markdown, and plain text, which is Markdown without headings: one block below each heading. */
import type { Block } from './blocks.ts';

const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LONGEST_HEADING = 200;

export function blocksOfMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  const path: (string | undefined)[] = [];
  let lines: string[] = [];
  let fence: string | null = null;

  const close = (): void => {
    const text = lines.join('\n').trim();
    const headings = path.filter((heading): heading is string => heading !== undefined && heading !== '');
    if (text !== '') blocks.push({ headings, page: null, isRow: false, text });
    lines = [];
  };
  for (const line of source.replace(/\r\n?/g, '\n').split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (mark && fence === null) fence = mark;
    else if (mark && fence !== null && mark.startsWith(fence)) fence = null;
    const heading = fence === null && line.length < 1_000 ? HEADING.exec(line) : null;
    if (!heading) {
      lines.push(line);
      continue;
    }
    close();
    const depth = heading[1]?.length ?? 1;
    path.length = Math.max(depth - 1, 0);
    path[depth - 1] = (heading[2] ?? '').slice(0, LONGEST_HEADING);
  }
  close();
  // Headings that nothing stands below are all that some documents have.
  if (blocks.length === 0 && source.trim() !== '')
    blocks.push({ headings: [], page: null, isRow: false, text: source.trim() });
  return blocks;
}
