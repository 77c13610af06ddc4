/** How the platform looks after itself: its scheduled work, its backups, and who is told when something is wrong. */
import { alertCron, callAlert, sendAlert } from './alerts/alerts.ts';
import { conditionsOf } from './alerts/conditions.ts';
import { type BackupUpkeep, createBackupUpkeep } from './backup/backup-upkeep.ts';
import { renewalCron } from './certificates/renewals.ts';
import type { HealthChecks } from './health/health.ts';
import type { CronJob } from './jobs/cron.ts';
import type { JobType } from './jobs/job-type.ts';
import type { Plugin } from './plugin.ts';
import type { Services } from './services.ts';
import { coreCron, forgetOperations } from './upkeep.ts';

export interface SelfCare {
  upkeep: BackupUpkeep;
  cron: readonly CronJob[];
}

export interface SelfCareParts {
  services: Services;
  plugins: readonly Plugin[];
  /** Looks for damage of the SQLite file. */
  integrity(): Promise<string | null>;
  /** Asked only once something runs. */
  checks: HealthChecks;
  /** Addresses of people who look after the server. */
  operators(): Promise<string[]>;
}

export function createSelfCare({ services, plugins, integrity, checks, operators }: SelfCareParts): SelfCare {
  const upkeep = createBackupUpkeep(services, plugins);
  const watched = conditionsOf({ services, checks, upkeep });
  return {
    upkeep,
    cron: [
      ...coreCron(integrity),
      ...upkeep.cron,
      ...renewalCron(services),
      ...alertCron(services, watched, operators),
    ],
  };
}

export const coreJobs: readonly JobType[] = [forgetOperations, sendAlert, callAlert];
