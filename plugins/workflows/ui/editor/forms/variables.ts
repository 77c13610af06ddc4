/** Variables that a task has where it stands, given to an expression that is tried by itself. */
import { isRecord } from 'patchbay/ui';
import type { Sample } from '../model/use-sample.ts';

/** `$item` of a loop is the first that it goes through the last time, `$context` what is known of it: nothing. */
export function withVariables(code: string, sample: Sample, pointer: string, definition: unknown): string {
  const bindings: string[] = [];
  const steps = pointer.split('/').slice(1);
  let held: unknown = definition;
  for (const [index, step] of steps.entries()) {
    held = Array.isArray(held) ? held[Number(step)] : isRecord(held) ? held[step] : undefined;
    const next = steps[index + 1];
    if (!isRecord(held)) continue;
    if (isRecord(held.for) && next === 'do') {
      const { each = 'item', at = 'index', in: source = '[]' } = held.for;
      const list = String(source).replace(/^\s*\$\{([\s\S]*)\}\s*$/, '$1');
      const around = JSON.stringify(sample.inputOf(`/${steps.slice(0, index + 1).join('/')}`) ?? null);
      bindings.push(`((${around} | ${list}) | first) as $${String(each)}`, `0 as $${String(at)}`);
    }
    if (isRecord(held.catch) && next === 'catch')
      bindings.push(`{ "type": "", "status": 500, "title": "", "detail": "" } as $${String(held.catch.as ?? 'error')}`);
  }
  return [...bindings, `(${code})`].join(' | ');
}
