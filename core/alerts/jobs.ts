/** Telling: one job for each mail, chat and webhook, so that one that does not answer keeps none of the others back. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '../iso-time.ts';
import { defineJob } from '../jobs/job-type.ts';
import type { RenderedMail } from '../mailer/templates.ts';
import type { Services } from '../services.ts';
import { callWebhook, sendToTelegram } from './channels.ts';

const MINUTE_MS = 60_000;
/** Of the conditions of core; plugins bring theirs. */
export const OWN_TEMPLATES = new URL('./mail-templates/', import.meta.url);

const News = Type.Object({
  name: Type.String(),
  isOver: Type.Boolean(),
  path: Type.String(),
  detail: Type.String(),
  /** When it was told, or began to hold. */
  at: Type.Integer(),
});
export type News = Static<typeof News>;

type Rendering = Pick<Services, 'mailTemplates' | 'coreConfig' | 'clock' | 'catalogue'>;

export const sendAlert = defineJob({
  name: 'core.sendAlert',
  summary: 'Mails an administrator what is wrong with the server, or that it is over',
  payload: Type.Object({ ...News.properties, to: Type.String() }),
  async run({ to, ...news }, { id }, services) {
    await services.mailer.send({ to, ...rendered(news, services), idempotencyKey: `core.sendAlert/${id}` });
  },
});

export const telegramAlert = defineJob({
  name: 'core.telegramAlert',
  summary: 'Tells the chat of Telegram what is wrong with the server, or that it is over',
  payload: News,
  async run(news, _, services) {
    const { coreConfig, outbound } = services;
    // Taken out of the settings meanwhile.
    if (coreConfig.alerts.telegram.token === '') return;
    const { subject, text } = rendered(news, services);
    await sendToTelegram(coreConfig.alerts, `${news.isOver ? '✅' : '🔴'} ${subject}\n\n${text.trim()}`, outbound);
  },
});

export const callAlert = defineJob({
  name: 'core.callAlert',
  summary: 'Tells the webhook of alerts what is wrong with the server, or that it is over',
  payload: News,
  async run(news, { id }, { outbound, coreConfig }) {
    const { webhook } = coreConfig.alerts;
    if (webhook === null) return;
    const { name: alert, isOver: is_over, detail, at: since } = news;
    const body = { alert, is_over, detail, since, url: addressOf(news, coreConfig) };
    const status = await callWebhook(webhook, body, `${id}`, outbound);
    if (status >= 300) throw new Error(`The webhook of alerts answered ${status}`);
  },
});

function rendered(news: News, { mailTemplates, coreConfig, clock, catalogue }: Rendering): RenderedMail {
  const { name, isOver, detail, at } = news;
  const templates = catalogue.alertTemplates.get(name) ?? OWN_TEMPLATES;
  return mailTemplates.render(templates, templateOf(name, isOver), {
    detail,
    url: addressOf(news, coreConfig),
    told: isoSeconds(at),
    minutes: `${Math.max(1, Math.round((clock.now() - at) / MINUTE_MS))}`,
  });
}

export function templateOf(name: string, isOver: boolean): string {
  return `alert-${name}${isOver ? '-over' : ''}`;
}

function addressOf({ path }: News, { http }: Services['coreConfig']): string {
  return `${http.publicUrl}${path}`;
}
