/** Indexes of the lists that operators sort and filter: jobs by their time, runs of scheduled work, long work. */
import type { Knex } from 'knex';

const INDEXES: Record<string, string> = {
  core_jobs_run_at: 'core_jobs (run_at, id)',
  core_cron_runs_started: 'core_cron_runs (started_at, id)',
  core_cron_runs_job_started: 'core_cron_runs (job, started_at, id)',
  core_cron_runs_failed: "core_cron_runs (started_at, id) where status = 'failed'",
  core_cron_runs_running: "core_cron_runs (started_at, id) where status = 'running'",
  core_operations_begun: 'core_operations (begun_at, id)',
  core_operations_tenant_begun: 'core_operations (tenant_id, begun_at, id)',
  core_operations_kind: 'core_operations (kind, id)',
};

export async function up(db: Knex): Promise<void> {
  for (const [name, columns] of Object.entries(INDEXES)) await db.raw(`create index ${name} on ${columns}`);
}

export async function down(db: Knex): Promise<void> {
  for (const name of Object.keys(INDEXES)) await db.raw(`drop index ${name}`);
}
