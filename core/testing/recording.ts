/** What a platform announces while a test runs, without a race: on PostgreSQL events come by a notice, a moment after their commit. */
import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { Services } from '../services.ts';

export interface Recording {
  /** What was announced so far, in order: of all that was committed before the call, nothing is missing. */
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in the data
  all(): Promise<CloudEvent<any>[]>;
  clear(): void;
  end(): void;
}

/** Begins once all that was committed before has been told: it is not of this recording. */
export async function recordEvents(services: Services, types: RegExp): Promise<Recording> {
  await notifyAll(services);
  const seen: CloudEvent[] = [];
  const end = services.events.listen((event) => void (types.test(event.type) && seen.push(event)));
  return {
    async all() {
      await notifyAll(services);
      return [...seen];
    },
    clear: () => void seen.splice(0),
    end,
  };
}

/** Notices are heard in the order of their commits: when this one has come back, all before it have. */
export async function notifyAll({ notices, db }: Services): Promise<void> {
  if (db.client !== 'pg') return;
  const topic = `test.told.${randomUUID()}`;
  const heard = Promise.withResolvers<void>();
  const stop = notices.on(topic, () => heard.resolve());
  notices.sendInOrder(topic, null);
  await heard.promise.finally(stop);
}
