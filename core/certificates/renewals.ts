/**
 * Certificates of the configuration are got, and renewed at two thirds of their life. What is due stands in the database, and the
 * ledger of scheduled work lets one replica at a time do it; when that one dies, the next run goes on.
 */
import { isAppError, messageOf } from '../errors.ts';
import type { Cron, CronJob } from '../jobs/cron.ts';
import type { Services } from '../services.ts';
import { askedToWaitUntil, orderCertificate } from './acme-order.ts';
import type { CertificateRow } from './rows.ts';

export const RENEW = 'core.renewCertificates';

const MINUTE_MS = 60_000;
/** Let's Encrypt lets five proofs of a name fail within an hour. */
const PAUSES_MINUTES = [5, 15, 30, 60, 120, 240, 480];
const LONGEST_PAUSE_MINUTES = 720;
/** Its limits are those of a week. */
const LONGEST_ASKED_MS = 8 * 24 * 60 * MINUTE_MS;
/** With all names, of which each may take five minutes where nothing answers. */
const LONGEST_MS = 12 * 60 * MINUTE_MS;

type Parts = Pick<Services, 'coreConfig' | 'certificates' | 'clock' | 'log'>;

/** None where no certificates come by themselves. */
export function renewalCron({ coreConfig, certificates, clock, log }: Parts): CronJob[] {
  const acme = coreConfig.http.tls?.acme;
  const { store } = certificates;
  if (!acme || !store) return [];
  return [
    {
      name: RENEW,
      summary: 'Gets certificates that are due from their authority',
      schedule: '*/5 * * * *',
      longestMs: LONGEST_MS,
      async run({ signal }) {
        await store.tidy();
        const tried = new Set<string>();
        for (let row = await nextBut(tried); row && !signal.aborted; row = await nextBut(tried)) {
          tried.add(row.name);
          await renew(row);
        }
      },
    },
  ];

  /** Asked anew each time: somebody may have asked for one meanwhile. */
  async function nextBut(tried: ReadonlySet<string>): Promise<CertificateRow | undefined> {
    const rows = (await store?.rows()) ?? [];
    return rows.find(({ name, due_at }) => due_at <= clock.now() && !tried.has(name));
  }

  async function renew({ name, failures }: CertificateRow): Promise<void> {
    if (!acme || !store) return;
    try {
      const pair = await orderCertificate(name, { acme, accountKey: await store.accountKey(), shelf: store.shelf });
      await store.succeeded(name, pair);
      log.info({ name, directory: acme.directory }, 'A certificate was got');
    } catch (error) {
      const reason = messageOf(error);
      const now = clock.now();
      const asked = Math.min(askedToWaitUntil(reason) ?? 0, now + LONGEST_ASKED_MS);
      const again = Math.max(now + pauseMs(failures), asked);
      await store.failed(name, reason, again);
      log.warn({ name, reason, again }, 'No certificate could be got');
    }
  }
}

function pauseMs(failures: number): number {
  return (PAUSES_MINUTES[failures] ?? LONGEST_PAUSE_MINUTES) * MINUTE_MS;
}

/** At once, when something is due: at a first start nobody waits for the schedule. */
export async function renewCertificates(parts: Pick<Services, 'certificates' | 'clock'>, cron: Cron): Promise<void> {
  const rows = (await parts.certificates.store?.rows()) ?? [];
  if (rows.every(({ due_at }) => due_at > parts.clock.now())) return;
  try {
    await cron.runNow(RENEW);
  } catch (error) {
    // Another replica does it.
    if (!isAppError(error) || error.code !== 'conflict') throw error;
  }
}
