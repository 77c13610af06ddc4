/** What `/metrics` says (Prometheus' text format), read for people: rates from two readings, and how long requests take. */

export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** One reading. */
export interface Reading {
  at: number;
  samples: readonly Sample[];
}

export interface Glance {
  /** Per second; null until there are two readings. */
  requests: number | null;
  /** Share of answers that are 5xx since the reading before; null without requests. */
  failing: number | null;
  /** Within which this share of requests since the reading before was answered, in ms. */
  p50Ms: number | null;
  p95Ms: number | null;
  jobs: Readonly<Record<string, number>>;
  memoryBytes: number | null;
  heapBytes: number | null;
  loopLagMs: number | null;
  cpuShare: number | null;
}

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;
const DURATION = 'patchbay_http_request_seconds';

export function readMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = line.startsWith('#') ? [] : (LINE.exec(line) ?? []);
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

/** `before` is an earlier reading of the same process. */
export function glanceOf(before: Reading | null, now: Reading): Glance {
  const only = (name: string) => now.samples.find((sample) => sample.name === name)?.value ?? null;
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  const passed = (name: string, where: (labels: Sample['labels']) => boolean = () => true) =>
    sumOf(now.samples, name, where) - sumOf(before?.samples ?? [], name, where);
  const count = passed(`${DURATION}_count`);
  const cpu = passed('process_cpu_seconds_total');
  // A process that was restarted counts from 0 again.
  const isComparable = seconds > 0 && count >= 0 && cpu >= 0;
  const failed = passed(`${DURATION}_count`, ({ status = '' }) => status.startsWith('5'));
  const within = (share: number) => (isComparable && count > 0 ? quantile(passed, count, now.samples, share) : null);
  const lag = only('nodejs_eventloop_lag_p99_seconds');
  return {
    requests: isComparable ? count / seconds : null,
    failing: isComparable && count > 0 ? failed / count : null,
    p50Ms: within(0.5),
    p95Ms: within(0.95),
    jobs: Object.fromEntries(
      now.samples.flatMap(({ name, labels, value }) => (name === 'patchbay_jobs' ? [[labels.state ?? '', value]] : [])),
    ),
    memoryBytes: only('process_resident_memory_bytes'),
    heapBytes: only('nodejs_heap_size_used_bytes'),
    loopLagMs: lag === null ? null : lag * 1000,
    cpuShare: isComparable ? cpu / seconds : null,
  };
}

type Passed = (name: string, where: (labels: Sample['labels']) => boolean) => number;

/** The bound of the first bucket that has as much as that share; the last finite one when none has. */
function quantile(passed: Passed, count: number, samples: readonly Sample[], share: number): number | null {
  const name = `${DURATION}_bucket`;
  const bounds = new Set(samples.flatMap((sample) => (sample.name === name ? [Number(sample.labels.le)] : [])));
  const finite = [...bounds].filter(Number.isFinite).sort((one, other) => one - other);
  const found = finite.find((bound) => passed(name, ({ le }) => Number(le) === bound) >= share * count);
  const seconds = found ?? finite.at(-1);
  return seconds === undefined ? null : seconds * 1000;
}

function sumOf(samples: readonly Sample[], name: string, where: (labels: Sample['labels']) => boolean): number {
  return samples.reduce((sum, sample) => (sample.name === name && where(sample.labels) ? sum + sample.value : sum), 0);
}
