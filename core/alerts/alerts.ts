/**
 * Tells administrators by mail, a chat of Telegram and a webhook of conditions that hold for some minutes, and when they are over;
 * and what the page of alerts shows and changes. Table: core_alerts.
 */
import type { Transaction } from '../database/database.ts';
import { messageOf } from '../errors.ts';
import { inTime } from '../in-time.ts';
import type { CronJob } from '../jobs/cron.ts';
import type { Services } from '../services.ts';
import type { SettingsFinding } from '../settings/areas.ts';
import { isPaused, nextOf } from './alert-rows.ts';
import { CHANNELS, type Channel, hasReceiver, recipientsOf, tryChannel } from './channels.ts';
import type { Condition } from './condition.ts';
import { callAlert, type News, sendAlert, telegramAlert, templateOf } from './jobs.ts';

/** How a condition stands, as it was seen in the last minutes. */
export interface AlertState {
  name: string;
  /** In the language that was asked for. */
  title: string;
  path: string;
  since: number | null;
  told_at: number | null;
  is_told: boolean;
  paused_until: number | null;
}

/** A way on which alerts leave, and where it leads; nobody is told on one that leads nowhere. */
export interface AlertChannel {
  channel: Channel;
  leads_to: string[];
}

export interface Alerts {
  cron: readonly CronJob[];
  states(language: string): Promise<AlertState[]>;
  channels(): Promise<AlertChannel[]>;
  /** Null ends the pause. Gives back the names that no condition has; then nothing is changed. */
  pause(names: readonly string[], until: number | null): Promise<string[]>;
  test(channel: Channel): Promise<SettingsFinding[]>;
}

const LONGEST_DETAIL = 500;
/** Longer than a part may take to say how it is. */
const LONGEST_LOOK_MS = 10_000;

type Parts = Pick<Services, 'db' | 'clock' | 'jobs' | 'coreConfig' | 'mailer' | 'mailTemplates' | 'outbound'>;

/** `addresses`: of the administrators. */
export function createAlerts(
  parts: Parts,
  conditions: readonly Condition[],
  addresses: () => Promise<readonly string[]>,
): Alerts {
  const { db, clock, jobs, coreConfig, mailTemplates } = parts;
  return {
    cron: [
      {
        name: 'core.watch',
        summary: 'Tells administrators of what has been wrong for some minutes, and when it is over',
        schedule: '* * * * *',
        async run({ log }) {
          if (!hasReceiver(coreConfig.alerts)) return;
          for (const condition of conditions) {
            try {
              await judge(condition);
            } catch (error) {
              log.warn({ condition: condition.name, reason: messageOf(error) }, 'A condition could not be looked at');
            }
          }
        },
      },
    ],
    async states(language) {
      const now = clock.now();
      const rows = new Map((await db.read('core_alerts')).map((row) => [row.name, row]));
      return conditions.map(({ name, path, templates }) => {
        const { since = null, told_at = null, is_told = false, paused_until = null } = rows.get(name) ?? {};
        const title = mailTemplates.subject(templates, templateOf(name, false), language);
        const until = isPaused(paused_until, now) ? paused_until : null;
        return { name, title, path, since, told_at, is_told: Boolean(is_told), paused_until: until };
      });
    },
    async channels() {
      const { webhook, telegram } = coreConfig.alerts;
      const leads: Record<Channel, string[]> = {
        mail: await recipientsOf(coreConfig.alerts, addresses),
        telegram: telegram.token === '' ? [] : [telegram.chatId],
        // Whoever calls one knows it by its host; what stands behind may be a key.
        webhook: webhook === null ? [] : [new URL(webhook).host],
      };
      return CHANNELS.map((channel) => ({ channel, leads_to: leads[channel] }));
    },
    async pause(names, until) {
      const known = new Set(conditions.map(({ name }) => name));
      const unknown = names.filter((name) => !known.has(name));
      if (unknown.length > 0) return unknown;
      await db.transaction(async (trx) => {
        for (const name of [...new Set(names)].sort())
          await trx('core_alerts')
            .insert({ name, since: null, told_at: null, is_told: false, paused_until: until })
            .onConflict('name')
            .merge(['paused_until']);
      });
      return [];
    },
    test: (channel) => tryChannel(channel, coreConfig.alerts, parts, addresses),
  };

  async function judge({ name, path, holds }: Condition): Promise<void> {
    const detail = await inTime(holds, LONGEST_LOOK_MS);
    const told = await db.read('core_alerts').where({ name }).first();
    if (detail === null && (!told || told.since === null)) return;
    const recipients = await recipientsOf(coreConfig.alerts, addresses);
    await db.transaction(async (trx) => {
      const first = { name, since: null, told_at: null, is_told: false, paused_until: null };
      await trx('core_alerts').insert(first).onConflict('name').ignore();
      const rows = trx('core_alerts').where({ name });
      const row = await (db.client === 'pg' ? rows.forUpdate() : rows).first();
      const next = row && nextOf(row, detail !== null, clock.now());
      if (!row || !next) return;
      await trx('core_alerts').where({ name }).update(next.row);
      if (next.tells === null) return;
      const at = Number(next.tells === 'over' ? row.told_at : next.row.since);
      const news = { name, path, isOver: next.tells === 'over', detail: (detail ?? '').slice(0, LONGEST_DETAIL), at };
      await notify(trx, news, recipients);
    });
  }

  async function notify(trx: Transaction, news: News, recipients: readonly string[]): Promise<void> {
    const { webhook, telegram } = coreConfig.alerts;
    for (const to of recipients) await jobs.enqueue(trx, sendAlert.name, { ...news, to });
    if (telegram.token !== '') await jobs.enqueue(trx, telegramAlert.name, news);
    if (webhook !== null) await jobs.enqueue(trx, callAlert.name, news);
  }
}
