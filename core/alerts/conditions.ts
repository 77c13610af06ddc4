/** What administrators want to know of although they do not look: of core; plugins bring theirs. */
import { statfs } from 'node:fs/promises';
import { countedTo, MOST_COUNTED } from '../activity/attention.ts';
import type { BackupUpkeep } from '../backup/backup-upkeep.ts';
import { troublesOf } from '../certificates/certificates.ts';
import type { HealthChecks } from '../health/health.ts';
import type { Services } from '../services.ts';
import type { Condition } from './condition.ts';
import { OWN_TEMPLATES } from './jobs.ts';

const MB = 1024 * 1024;
/** Nearly full: less than a twentieth is free, and less than this. */
const MUCH_MB = 5 * 1024;

interface Asked {
  services: Pick<Services, 'db' | 'coreConfig' | 'certificates'>;
  checks: HealthChecks;
  upkeep: Pick<BackupUpkeep, 'state'>;
}

export function conditionsOf({ services: { db, coreConfig, certificates }, checks, upkeep }: Asked): Condition[] {
  const own: Omit<Condition, 'templates'>[] = [
    {
      name: 'not-ready',
      path: '/status',
      async holds() {
        const parts = Object.entries((await checks.run()).checks);
        const failing = parts.filter(([, { status }]) => status !== 'ok').map(([name]) => name);
        return failing.length > 0 ? failing.join(', ') : null;
      },
    },
    {
      name: 'dead-jobs',
      path: '/status/jobs?state=dead',
      async holds() {
        const count = await countedTo(db.read('core_jobs').whereRaw("state = 'dead'"));
        if (count === 0) return null;
        return count < MOST_COUNTED ? `${count}` : `${MOST_COUNTED}+`;
      },
    },
    {
      name: 'no-backup',
      path: '/settings/backups',
      async holds() {
        const { is_late, failure } = await upkeep.state();
        return is_late ? (failure?.error ?? '') : null;
      },
    },
    {
      name: 'bad-backup',
      path: '/settings/backups',
      async holds() {
        const { last } = (await upkeep.state()).rehearsal;
        return last?.outcome === 'failed' ? (last.problem ?? '') : null;
      },
    },
    {
      name: 'no-backup-copy',
      path: '/settings/backups',
      async holds() {
        const { copies } = await upkeep.state();
        return copies?.is_late ? `${copies.target}: ${copies.failure?.error ?? ''}` : null;
      },
    },
    {
      name: 'certificate',
      path: '/settings/certificates',
      async holds() {
        const troubles = troublesOf(await certificates.list());
        return troubles.length > 0 ? troubles.join('; ') : null;
      },
    },
    {
      name: 'disk-full',
      path: '/status',
      async holds() {
        const { bavail, blocks, bsize } = await statfs(coreConfig.dataDir);
        const freeMb = Math.floor((bavail * bsize) / MB);
        return bavail < blocks / 20 && freeMb < MUCH_MB ? `${freeMb} MB` : null;
      },
    },
  ];
  return own.map((condition) => ({ ...condition, templates: OWN_TEMPLATES }));
}
