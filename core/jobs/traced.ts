/**
 * Traces go through jobs: the `traceparent` of what has wanted one stands at the end of its payload, so that it needs neither a column
 * nor a statement, and whoever looks for jobs by how their payload begins finds them. It is taken off again before anybody sees it.
 * Where nothing is traced none is written.
 */
import type { Tracing } from '../observability/tracing.ts';
import type { JobRow } from './jobs.ts';

const MARK = /,?"\$trace":"(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})"\}$/;
/** The longest that the mark can be: patterns are not tried on what is before. */
const LONGEST = 80;

/** The payload as it is written. */
export function withTrace(payload: string, tracing: Tracing): string {
  const parent = tracing.isOn ? tracing.traceparent() : null;
  if (parent === null || !payload.startsWith('{')) return payload;
  return `${payload.slice(0, -1)}${payload === '{}' ? '' : ','}"$trace":"${parent}"}`;
}

/** Does the job as a part of the trace that has wanted it; `work` is given the row without it. */
export function traced<R extends Pick<JobRow, 'name' | 'payload' | 'attempts'>>(
  tracing: Tracing,
  row: R,
  work: (untraced: R) => Promise<void>,
): Promise<void> {
  const [mark, parent = null] = MARK.exec(row.payload.slice(-LONGEST)) ?? [];
  const untraced = mark === undefined ? row : { ...row, payload: `${row.payload.slice(0, -mark.length)}}` };
  if (!tracing.isOn) return work(untraced);
  const attributes = { 'patchbay.job': row.name, 'patchbay.job.attempt': row.attempts };
  return tracing.span(`job ${row.name}`, { kind: 'consumer', parent, attributes }, () => work(untraced));
}

/** A run of scheduled work, which begins a trace. */
export function tracedRun(tracing: Tracing, cron: string, work: () => Promise<void>): Promise<void> {
  if (!tracing.isOn) return work();
  return tracing.span(`cron ${cron}`, { parent: null, attributes: { 'patchbay.cron': cron } }, work);
}
