/** Nothing grows for ever: each table says what takes its rows away, and one that is new without saying so fails. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { authConfig } from '#test/support/accounts.ts';
import { startPlatform } from '#test/support/harness.ts';

/** Files that delete rows once they are old, or over. */
const PRUNED: Record<string, string> = {
  auth_challenges: 'plugins/auth/cron.ts',
  auth_invitations: 'plugins/auth/cron.ts',
  auth_links: 'plugins/auth/cron.ts',
  auth_phone_codes: 'plugins/auth/cron.ts',
  auth_refresh_tokens: 'plugins/auth/cron.ts',
  auth_sessions: 'plugins/auth/cron.ts',
  ai_replies_assistant_sessions: 'plugins/ai-replies/replies/assistant-sessions.ts',
  ai_replies_calls: 'plugins/ai-replies/models/calls.ts',
  ai_replies_replies: 'plugins/ai-replies/replies/erasure.ts',
  ai_replies_spend: 'plugins/ai-replies/models/calls.ts',
  ai_replies_tool_calls: 'plugins/ai-replies/replies/erasure.ts',
  ai_replies_turns: 'plugins/ai-replies/replies/erasure.ts',
  ai_replies_told: 'plugins/ai-replies/replies/erasure.ts',
  billing_checkouts: 'plugins/billing/cron.ts',
  billing_erased_tenants: 'plugins/billing/erased-tenants.ts',
  billing_provider_events: 'plugins/billing/payments/provider-events.ts',
  billing_usage: 'plugins/billing/usage/month-close.ts',
  billing_usage_daily: 'plugins/billing/cron.ts',
  billing_usage_keys: 'plugins/billing/cron.ts',
  core_acme_challenges: 'core/certificates/store.ts',
  core_activity: 'core/activity/activity.ts',
  core_backup_copies: 'core/backup/copies.ts',
  core_blobs: 'core/database/blobs.ts',
  core_counts: 'core/counts/shared-counts.ts',
  core_cron_runs: 'core/jobs/cron-ledger.ts',
  core_jobs: 'core/jobs/dead-letters.ts',
  core_once: 'core/upkeep.ts',
  core_operations: 'core/operations/operations.ts',
  core_rehearsals: 'core/backup/rehearsals.ts',
  core_settings: 'core/settings/stored-settings.ts',
  core_released_objects: 'core/database/object-sweep.ts',
  core_released_bytes: 'core/database/segment-sweep.ts',
  mail_ended_sessions: 'plugins/mail/temp-mail/sessions.ts',
  mail_greylist: 'plugins/mail/receiving/greylist.ts',
  mail_sent: 'plugins/mail/sending/sent-deletion.ts',
  licensing_files: 'plugins/licensing/offline/offline-files.ts',
  licensing_history: 'plugins/licensing/devices/devices.ts',
  licensing_leases: 'plugins/licensing/offline/leases.ts',
  licensing_sightings: 'plugins/licensing/devices/abuse.ts',
  workflows_correlations: 'plugins/workflows/executions/executions.ts',
  workflows_tasks: 'plugins/workflows/executions/executions.ts',
  workflows_waits: 'plugins/workflows/executions/executions.ts',
  robots_logs: 'plugins/robots/logs/logs.ts',
};

/** Files that delete what belongs to a tenant or a person with them; until then people make it, and delete it themselves. */
const WITH_OWNER: Record<string, string> = {
  ai_replies_abilities: 'plugins/ai-replies/models/erasure.ts',
  ai_replies_answers: 'plugins/ai-replies/knowledge/erasure.ts',
  ai_replies_bases: 'plugins/ai-replies/knowledge/erasure.ts',
  ai_replies_sources: 'plugins/ai-replies/knowledge/tables.ts',
  ai_replies_budgets: 'plugins/ai-replies/models/erasure.ts',
  ai_replies_mcp_servers: 'plugins/ai-replies/tools/tables.ts',
  ai_replies_policies: 'plugins/ai-replies/replies/tables.ts',
  ai_replies_providers: 'plugins/ai-replies/models/erasure.ts',
  ai_replies_test_sets: 'plugins/ai-replies/knowledge/tables.ts',
  ai_replies_tool_grants: 'plugins/ai-replies/tools/tables.ts',
  auth_tenants: 'plugins/auth/accounts/erasure.ts',
  auth_users: 'plugins/auth/accounts/erasure.ts',
  billing_overrides: 'plugins/billing/usage/erasure.ts',
  billing_set_aside: 'plugins/billing/subscriptions/erasure.ts',
  billing_redemptions: 'plugins/billing/payments/erasure.ts',
  billing_subscriptions: 'plugins/billing/subscriptions/erasure.ts',
  billing_usage_history: 'plugins/billing/usage/erasure.ts',
  mail_mailboxes: 'plugins/mail/mailboxes/deletion.ts',
  mail_rules: 'plugins/mail/rules/rules.ts',
  mail_suppressions: 'plugins/mail/sending/tables.ts',
  licensing_counts: 'plugins/licensing/index.ts',
  licensing_licences: 'plugins/licensing/licences/tables.ts',
  licensing_products: 'plugins/licensing/products/tables.ts',
  robots_broadcasts: 'plugins/robots/broadcasts/erasure.ts',
  workflows_secrets: 'plugins/workflows/definitions/tables.ts',
  workflows_workflows: 'plugins/workflows/executions/removal.ts',
  robots_channel_names: 'plugins/robots/conversations/identity/names.ts',
  robots_codes: 'plugins/robots/robots/erasure.ts',
  robots_contacts: 'plugins/robots/conversations/erasure.ts',
  robots_labels: 'plugins/robots/conversations/tables.ts',
  robots_quick_replies: 'plugins/robots/conversations/tables.ts',
  robots_robots: 'plugins/robots/robots/erasure.ts',
  robots_teams: 'plugins/robots/conversations/tables.ts',
};

/** What is kept, and why that is no more than it may be. */
const KEPT: Record<string, string> = {
  auth_audit_chains: 'two rows',
  auth_audit_entries: 'the audit log is kept for ever; failed tries are pruned (audit-chains.ts)',
  billing_counters: 'a row for each series of numbers',
  billing_coupons: 'made by operators',
  billing_invoices: 'kept as the law asks',
  billing_plans: 'made by operators',
  core_acme_accounts: 'a row for each authority',
  core_alerts: 'a row for each condition',
  core_backup_keys: 'a row for each key that somebody asked for',
  core_certificates: 'a row for each name of the configuration',
  core_erasure_readers: 'a row for each subscription of a plugin',
  core_erasures: 'ids of what is gone: no more than there ever was',
  core_installation: 'a few facts',
  core_migrations: 'a row for each migration',
  core_migrations_lock: 'one row',
  licensing_signing_keys: 'made by operators',
  mail_dkim_keys: 'a key for each domain',
};

/** Words of rows, which go with them. */
const INDEX = /_(words|search|substrings)(_(config|data|docsize|idx|content|rows))?$/;

const ALL = {
  auth: authConfig,
  billing: {},
  licensing: {},
  mail: { domains: ['example.com'], smtp: { enabled: false } },
  robots: {},
  'ai-replies': {},
  workflows: {},
};

describe('every table', () => {
  it('says what takes its rows away', async () => {
    const app = await startPlatform({ plugins: ALL });
    const tables: { name: string; sql: string | null }[] = await app.services.db.read.raw(
      "select name, sql from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!' order by name",
    );
    await app.stop();
    const rules = [PRUNED, WITH_OWNER, KEPT];
    const ruled = new Set(rules.flatMap((rule) => Object.keys(rule)));
    const goesWithAnother = (sql: string | null) => /on delete cascade/i.test(sql ?? '');
    const without = tables.filter(({ name, sql }) => !ruled.has(name) && !INDEX.test(name) && !goesWithAnother(sql));
    assert.deepEqual(
      without.map(({ name }) => name),
      [],
      'say in this file what prunes it, or with whom it goes',
    );
    const names = new Set(tables.map(({ name }) => name));
    assert.deepEqual(
      [...ruled].filter((name) => !names.has(name)),
      [],
      'there are no such tables any more',
    );
    assert.deepEqual(
      rules.flatMap((rule, index) =>
        rules.slice(index + 1).flatMap((other) => Object.keys(rule).filter((name) => Object.hasOwn(other, name))),
      ),
      [],
      'one rule each',
    );
  });

  it('is named by the file that is said to delete its rows', () => {
    for (const [table, file] of Object.entries({ ...PRUNED, ...WITH_OWNER })) {
      const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
      assert.match(text, new RegExp(`\\b${table}\\b`), `${file} does not name ${table}`);
      assert.match(text, /delet|remov|eras/i, `${file} deletes nothing`);
    }
  });
});
