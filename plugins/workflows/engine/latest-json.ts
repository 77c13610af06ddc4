/**
 * JSON of what goes from task to task: what one gives is what the next begins with, and in the end the output of all, so that each
 * is written once. Values of an execution are made anew and never changed, so one that is the same has the same text.
 */
import type { Run } from './model.ts';

type Latest = Pick<Run, 'latestJson'>;

/** The text when it was the latest value that was written; null for others. */
export function knownJson({ latestJson }: Latest, value: unknown): string | null {
  return latestJson !== null && latestJson.value === value ? latestJson.json : null;
}

/** Remembers it; of what is no object there is nothing to save. */
export function noteJson(run: Latest, value: unknown, json: string): void {
  if (typeof value === 'object' && value !== null) run.latestJson = { value, json };
}
