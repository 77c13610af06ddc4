/**
 * Traces go through jobs: the `traceparent` of what has wanted one stands at the beginning of its payload, so that it needs neither a
 * column nor a statement, and is taken off again before anybody sees it. Where nothing is traced none is written.
 */
import type { Tracing } from '../observability/tracing.ts';
import type { JobRow } from './jobs.ts';

const MARK = '{"$trace":"';
const TRACEPARENT_LENGTH = 55;
/** Up to where the payload goes on. */
const END = MARK.length + TRACEPARENT_LENGTH + 1;

/** The payload as it is written. */
export function withTrace(payload: string, tracing: Tracing): string {
  const parent = tracing.isOn ? tracing.traceparent() : null;
  if (parent === null || !payload.startsWith('{')) return payload;
  return `${MARK}${parent}"${payload === '{}' ? '' : ','}${payload.slice(1)}`;
}

/** Does the job as a part of the trace that has wanted it; `work` is given the row without it. */
export function traced<R extends Pick<JobRow, 'name' | 'payload' | 'attempts'>>(
  tracing: Tracing,
  row: R,
  work: (untraced: R) => Promise<void>,
): Promise<void> {
  const isMarked = row.payload.startsWith(MARK);
  const untraced = isMarked ? { ...row, payload: withoutTrace(row.payload) } : row;
  if (!tracing.isOn) return work(untraced);
  const parent = isMarked ? row.payload.slice(MARK.length, MARK.length + TRACEPARENT_LENGTH) : null;
  const attributes = { 'patchbay.job': row.name, 'patchbay.job.attempt': row.attempts };
  return tracing.span(`job ${row.name}`, { kind: 'consumer', parent, attributes }, () => work(untraced));
}

function withoutTrace(payload: string): string {
  return `{${payload.slice(payload[END] === ',' ? END + 1 : END)}`;
}
