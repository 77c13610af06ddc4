/**
 * Whether there is a newer version: once a day a file at an address of the operator's choice is asked, when there is one. Nothing is
 * fetched but that, and nothing is installed. What it said stands in core_installation, for all replicas.
 */
import { messageOf } from '../errors.ts';
import type { CronJob } from '../jobs/cron.ts';
import type { Services } from '../services.ts';
import { coreVersion } from '../version.ts';
import { isNewer, type OfferedVersion, readVersionFile } from './version-file.ts';

export interface UpdateState {
  version: string;
  /** Null: nobody is asked. */
  url: string | null;
  /** Newer than what runs; null when nothing is. */
  offered: OfferedVersion | null;
  checked_at: number | null;
  /** Why the last look came to nothing. */
  error: string | null;
}

export interface Updates {
  cron: CronJob;
  state(): Promise<UpdateState>;
}

const CHECK = 'core.checkUpdates';
const FACT = 'offered_version';
const MOST_ERROR = 500;

interface Known {
  /** Where it was said: of another address it says nothing. */
  url: string;
  said: OfferedVersion | null;
  checked_at: number;
  error: string | null;
}

export function createUpdates({
  db,
  clock,
  outbound,
  coreConfig,
}: Pick<Services, 'db' | 'clock' | 'outbound' | 'coreConfig'>): Updates {
  return {
    cron: {
      name: CHECK,
      summary: 'Asks the version file whether there is a newer Patchbay',
      schedule: '34 5 * * *',
      async run() {
        const { url } = coreConfig.updates;
        if (url === null) return;
        const checked_at = clock.now();
        try {
          await store({ url, said: await readVersionFile(url, outbound), checked_at, error: null });
        } catch (error) {
          const said = (await known(url))?.said ?? null;
          await store({ url, said, checked_at, error: messageOf(error).slice(0, MOST_ERROR) });
          throw error;
        }
      },
    },
    async state() {
      const { url } = coreConfig.updates;
      const version = coreVersion();
      const { said = null, checked_at = null, error = null } = (url !== null && (await known(url))) || {};
      return { version, url, offered: said !== null && isNewer(said, version) ? said : null, checked_at, error };
    },
  };

  async function store(value: Known): Promise<void> {
    const row = { name: FACT, value: JSON.stringify(value) };
    await db.write('core_installation').insert(row).onConflict('name').merge();
  }

  async function known(url: string): Promise<Known | null> {
    const row = await db.read('core_installation').where({ name: FACT }).first();
    const value: Known | null = row ? JSON.parse(row.value) : null;
    return value?.url === url ? value : null;
  }
}
