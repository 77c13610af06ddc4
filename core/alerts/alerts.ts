/**
 * Tells administrators by mail, and a webhook, of conditions that hold for some minutes, and when they are over. What was told
 * stands in the database, so that of several replicas one tells it. Table: core_alerts.
 */
import Type, { type Static } from 'typebox';
import type { Transaction } from '../database/database.ts';
import { messageOf } from '../errors.ts';
import { inTime } from '../in-time.ts';
import { isoSeconds } from '../iso-time.ts';
import type { CronJob } from '../jobs/cron.ts';
import { defineJob } from '../jobs/job-type.ts';
import type { Services } from '../services.ts';
import type { Condition } from './conditions.ts';

/** Table `core_alerts`. */
export interface AlertRow {
  name: string;
  /** Since when the condition holds; null while it does not. */
  since: number | null;
  told_at: number | null;
  is_told: boolean | number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    core_alerts: AlertRow;
  }
}

const MINUTE_MS = 60_000;
/** What is over sooner is nobody's sleep worth. */
export const HOLD_MS = 5 * MINUTE_MS;
/** Of one condition that comes and goes, nothing more is told for so long. */
export const PAUSE_MS = 60 * MINUTE_MS;
const TEMPLATES = new URL('./mail-templates/', import.meta.url);
const LONGEST_DETAIL = 500;
/** Longer than a part may take to say how it is. */
const LONGEST_LOOK_MS = 10_000;

const News = Type.Object({
  name: Type.String(),
  isOver: Type.Boolean(),
  path: Type.String(),
  detail: Type.String(),
  /** When it was told, or began to hold. */
  at: Type.Integer(),
});
type News = Static<typeof News>;

type Parts = Pick<Services, 'db' | 'clock' | 'jobs' | 'coreConfig'>;

/** `addresses`: of the administrators. */
export function alertCron(
  parts: Parts,
  conditions: readonly Condition[],
  addresses: () => Promise<readonly string[]>,
): CronJob[] {
  const { db, clock, jobs, coreConfig } = parts;
  return [
    {
      name: 'core.watch',
      summary: 'Tells administrators of what has been wrong for some minutes, and when it is over',
      schedule: '* * * * *',
      async run({ log }) {
        const { to, webhook } = coreConfig.alerts;
        if (to?.length === 0 && webhook === null) return;
        for (const condition of conditions) {
          try {
            await look(condition);
          } catch (error) {
            log.warn({ condition: condition.name, reason: messageOf(error) }, 'A condition could not be looked at');
          }
        }
      },
    },
  ];

  async function look({ name, path, holds }: Condition): Promise<void> {
    const detail = await inTime(holds, LONGEST_LOOK_MS);
    const told = await db.read('core_alerts').where({ name }).first();
    if (detail === null && (!told || told.since === null)) return;
    const recipients = coreConfig.alerts.to ?? (await addresses());
    await db.transaction(async (trx) => {
      await trx('core_alerts').insert({ name, since: null, told_at: null, is_told: false }).onConflict('name').ignore();
      const rows = trx('core_alerts').where({ name });
      const row = await (db.client === 'pg' ? rows.forUpdate() : rows).first();
      const next = row && nextOf(row, detail !== null, clock.now());
      if (!row || !next) return;
      await trx('core_alerts').where({ name }).update(next.row);
      if (next.tells === null) return;
      const at = Number(next.tells === 'over' ? row.told_at : next.row.since);
      const news = { name, path, isOver: next.tells === 'over', detail: (detail ?? '').slice(0, LONGEST_DETAIL), at };
      await tell(trx, news, recipients);
    });
  }

  async function tell(trx: Transaction, news: News, recipients: readonly string[]): Promise<void> {
    for (const recipient of new Set(recipients)) {
      await jobs.enqueue(trx, sendAlert.name, { ...news, to: recipient });
    }
    if (coreConfig.alerts.webhook !== null) await jobs.enqueue(trx, callAlert.name, news);
  }
}

/** What becomes of the row, and what is told. */
function nextOf(
  { since, told_at, is_told }: AlertRow,
  holds: boolean,
  now: number,
): { row: Omit<AlertRow, 'name'>; tells: 'begun' | 'over' | null } {
  if (!holds) return { row: { since: null, told_at, is_told: false }, tells: is_told ? 'over' : null };
  const begun = since ?? now;
  const isDue = !is_told && now - begun >= HOLD_MS && (told_at === null || now - told_at >= PAUSE_MS);
  if (!isDue) return { row: { since: begun, told_at, is_told: Boolean(is_told) }, tells: null };
  return { row: { since: begun, told_at: now, is_told: true }, tells: 'begun' };
}

export const sendAlert = defineJob({
  name: 'core.sendAlert',
  summary: 'Mails an administrator what is wrong with the server, or that it is over',
  payload: Type.Object({ ...News.properties, to: Type.String() }),
  async run({ name, isOver, path, detail, at, to }, { id }, { mailer, mailTemplates, coreConfig, clock }) {
    const values = {
      detail,
      url: `${coreConfig.http.publicUrl}${path}`,
      told: isoSeconds(at),
      minutes: `${Math.max(1, Math.round((clock.now() - at) / MINUTE_MS))}`,
    };
    const mail = mailTemplates.render(TEMPLATES, `alert-${name}${isOver ? '-over' : ''}`, values);
    await mailer.send({ to, ...mail, idempotencyKey: `core.sendAlert/${id}` });
  },
});

export const callAlert = defineJob({
  name: 'core.callAlert',
  summary: 'Tells the webhook of alerts what is wrong with the server, or that it is over',
  payload: News,
  async run({ name, isOver, path, detail, at }, { id }, { outbound, coreConfig }) {
    const { webhook } = coreConfig.alerts;
    if (webhook === null) return;
    const body = JSON.stringify({
      alert: name,
      is_over: isOver,
      detail,
      since: at,
      url: coreConfig.http.publicUrl + path,
    });
    const headers = { 'content-type': 'application/json', 'idempotency-key': `${id}` };
    const answer = await outbound.request(webhook, { method: 'POST', headers, body, redirects: 0, trusted: webhook });
    if (answer.status >= 300) throw new Error(`The webhook of alerts answered ${answer.status}`);
  },
});
