/** How the platform looks after itself: its scheduled work, its backups, and who is told when something is wrong. */
import { type Alerts, createAlerts } from './alerts/alerts.ts';
import type { Condition } from './alerts/condition.ts';
import { conditionsOf } from './alerts/conditions.ts';
import { callAlert, sendAlert, telegramAlert } from './alerts/jobs.ts';
import { type BackupUpkeep, createBackupUpkeep } from './backup/backup-upkeep.ts';
import { renewalCron } from './certificates/renewals.ts';
import type { HealthChecks } from './health/health.ts';
import type { CronJob } from './jobs/cron.ts';
import type { JobType } from './jobs/job-type.ts';
import type { Plugin } from './plugin.ts';
import { alertRoutes } from './routes/alerts.ts';
import { backupRoutes } from './routes/backups.ts';
import { updateRoutes } from './routes/updates.ts';
import type { Services } from './services.ts';
import { createUpdates, type Updates } from './updates/updates.ts';
import { coreCron, forgetOperations } from './upkeep.ts';

export interface SelfCare {
  upkeep: BackupUpkeep;
  alerts: Alerts;
  updates: Updates;
  cron: readonly CronJob[];
}

export interface SelfCareParts {
  services: Services;
  plugins: readonly Plugin[];
  /** Looks for damage of the SQLite file. */
  integrity(): Promise<string | null>;
  /** Asked only once something runs. */
  checks: HealthChecks;
  /** What plugins want told. */
  conditions: readonly Condition[];
  /** Addresses of people who look after the server. */
  operators(): Promise<string[]>;
}

export function createSelfCare({
  services,
  plugins,
  integrity,
  checks,
  conditions,
  operators,
}: SelfCareParts): SelfCare {
  const upkeep = createBackupUpkeep(services, plugins);
  const watched = [...conditionsOf({ services, checks, upkeep }), ...conditions];
  const updates = createUpdates(services);
  const alerts = createAlerts(services, watched, operators);
  return {
    upkeep,
    alerts,
    updates,
    cron: [...coreCron(integrity), ...upkeep.cron, ...renewalCron(services), ...alerts.cron, updates.cron],
  };
}

/** Routes about all this. */
export const selfCareRoutes = ({ upkeep, alerts, updates }: SelfCare) => [
  ...backupRoutes(upkeep),
  ...alertRoutes(alerts),
  ...updateRoutes(updates),
];

export const coreJobs: readonly JobType[] = [forgetOperations, sendAlert, telegramAlert, callAlert];
