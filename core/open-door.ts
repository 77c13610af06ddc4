/** What is open to strangers, as a sentence. */
import type { OpenDoor } from './plugin.ts';

const VALUE = /\{(?<name>\w+)\}/g;

export function doorText(
  door: string | OpenDoor,
  inLanguage: (name: string, english: string) => string = (_name, english) => english,
): string {
  if (typeof door === 'string') return door;
  const { name, text, values = {} } = door;
  return inLanguage(name, text).replaceAll(VALUE, (all, value: string) => String(values[value] ?? all));
}
