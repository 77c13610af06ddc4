/** Variables that a task has where it stands, given to an expression that is tried by itself. */
import { isRecord } from 'patchbay-platform/ui';
import type { TaskList } from '../../graph/index.ts';
import type { Sample } from '../model/use-sample.ts';
import { contextAt } from './references.ts';
import { secretsOf } from './scope.ts';

/** Secrets are not looked at: each stands there as what nobody may see. */
const HIDDEN = '••••';

/** `$context` and the rest of what every expression may use. */
export function variablesAt(
  sample: Sample,
  pointer: string,
  definition: unknown,
  tree: TaskList | null,
): Record<string, unknown> {
  const input = sample.inputOf(pointer);
  const name = pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  const began = sample.from?.at;
  const startedAt = began ? { iso8601: began, epoch: epochOf(Date.parse(began)) } : null;
  const secrets = secretsOf(definition).map((secret) => [secret, HIDDEN]);
  return {
    input,
    context: tree ? contextAt(tree, pointer, definition, sample) : sample.contextOf(pointer),
    secrets: Object.fromEntries(secrets),
    workflow: { id: sample.from?.id ?? null, input: sample.input, startedAt },
    task: { name, reference: pointer, input, startedAt },
    runtime: { name: 'patchbay', version: '1.0.0', metadata: {} },
  };
}

function epochOf(milliseconds: number) {
  return { seconds: Math.floor(milliseconds / 1000), milliseconds };
}

/** `$item` of a loop is the first that it goes through the last time. */
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
