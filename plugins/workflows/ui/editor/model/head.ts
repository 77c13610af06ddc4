/** What stands around the tasks, read by itself: a long text takes a while, and this is asked for with every change of it. */
import { parse } from 'yaml';

/** From `do:` at the beginning of a line to the next line that is none of it. */
const TASKS = /^do:[^\n]*\n(?:(?:[ \t#-][^\n]*)?(?:\n|$))*/m;

export function headOf(text: string): unknown {
  return parsed(text.replace(TASKS, 'do: []\n'));
}

export function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch {
    return null;
  }
}
