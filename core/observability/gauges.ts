/** Gauges: how much there is of something at this moment, asked when somebody reads the metrics. */
import { codeOf, messageOf } from '../errors.ts';
import { inTime } from '../in-time.ts';
import type { Services } from '../services.ts';

export interface GaugeDefinition {
  /** `patchbay_` and the plugin's name first. */
  name: string;
  help: string;
  labels?: readonly string[];
  /** One value for each combination of labels. Keep it cheap: monitors ask every few seconds. */
  read(services: Services): Promise<readonly { labels?: Record<string, string>; value: number }[]>;
}

/** A gauge that has been given the services of its plugin. */
export interface BoundGauge extends Omit<GaugeDefinition, 'read'> {
  read(): ReturnType<GaugeDefinition['read']>;
}

export interface Gauges {
  /** Brings all gauges up to date; at most once in five seconds, however many ask. */
  collect(): Promise<void>;
}

const BELIEVED_MS = 5_000;

export function createGauges(
  definitions: readonly BoundGauge[],
  services: Pick<Services, 'metrics' | 'clock' | 'log'>,
): Gauges {
  const { metrics, clock, log } = services;
  let latest: { at: number; work: Promise<void> } | null = null;

  return {
    collect() {
      if (!latest || Math.abs(clock.now() - latest.at) >= BELIEVED_MS) {
        latest = { at: clock.now(), work: Promise.all(definitions.map(update)).then(() => {}) };
      }
      return latest.work;
    },
  };

  /** One that fails is missing, and does not keep the others back. */
  async function update({ name, help, labels = [], read }: BoundGauge): Promise<void> {
    try {
      const gauge = metrics.gauge(name, help, labels);
      gauge.reset();
      // One without labels would say 0.
      if (labels.length === 0) gauge.remove();
      for (const { labels: own = {}, value } of await inTime(read)) gauge.set(own, value);
    } catch (error) {
      log.warn({ gauge: name, reason: messageOf(error), code: codeOf(error) }, 'A gauge could not be read');
    }
  }
}
