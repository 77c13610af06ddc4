/** Prometheus metrics in a registry of this platform's own. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** The counter of that name; made at its first mention. */
  counter(name: string, help: string, labels: readonly string[]): Counter;
  gauge(name: string, help: string, labels: readonly string[]): Gauge;
  /** Buckets in seconds; the default suits requests. */
  histogram(name: string, help: string, labels: readonly string[], buckets?: number[]): Histogram;
  /** Everything in the text format. */
  text(): Promise<string>;
  contentType: string;
}

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is measured of the process is measured once in it: its timers and observers last as long as it does. */
let ofProcess: Registry | undefined;

function processRegistry(): Registry {
  if (ofProcess) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return ofProcess;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const ofThisProcess = processRegistry();
  const known = new Map<string, Counter | Gauge | Histogram>();

  return {
    counter: (name, help, labelNames) =>
      once(name, Counter, () => new Counter({ name, help, labelNames, registers: [registry] })),
    gauge: (name, help, labelNames) =>
      once(name, Gauge, () => new Gauge({ name, help, labelNames, registers: [registry] })),
    histogram: (name, help, labelNames, buckets = REQUEST_BUCKETS) =>
      once(name, Histogram, () => new Histogram({ name, help, labelNames, buckets, registers: [registry] })),
    text: async () => `${await ofThisProcess.metrics()}\n${await registry.metrics()}`,
    contentType: registry.contentType,
  };

  function once<M extends Counter | Gauge | Histogram>(
    name: string,
    kind: new (...args: never[]) => M,
    make: () => M,
  ): M {
    const found = known.get(name);
    if (found instanceof kind) return found;
    const made = make();
    known.set(name, made);
    return made;
  }
}
