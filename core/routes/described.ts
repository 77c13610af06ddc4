/** How the OpenAPI document calls what core's own routes are about. */
import type { TSchema } from 'typebox';
import { ListTotal } from '../lists/list.ts';
import { PartHealth, Readiness } from '../observability/health.ts';
import { OperationView } from '../operations/operation-row.ts';
import { BackupView } from './backups.ts';
import { RunView } from './cron.ts';
import { PluginView } from './plugins.ts';

export const coreTags: Readonly<Record<string, string>> = {
  core: 'Health, jobs, scheduled work, functions and live events of the platform itself',
  activity: 'What has happened, hour by hour, and what waits for a person',
  backups: 'Backups of the running server',
  cron: 'Scheduled work and its runs',
  jobs: 'Work that waits, runs, or has given up',
  logs: 'The last lines of the log',
  plugins: 'What is on, how it is, and how it is configured',
  operations: 'Long work: how far it is, what became of it',
};

export const coreSchemas: Readonly<Record<string, TSchema>> = {
  Backup: BackupView,
  CronRun: RunView,
  Health: Readiness,
  ListTotal,
  Operation: OperationView,
  PartHealth,
  Plugin: PluginView,
};
