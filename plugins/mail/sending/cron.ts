/** Cron: deliveries that nobody would try again are taken up. */
import { defineCron } from '#core/plugin.ts';
import type { SendingScope } from './services.ts';

export const resumeDeliveries = defineCron({
  name: 'mail.resumeDeliveries',
  summary: 'Takes up deliveries that wait without a job',
  schedule: '*/15 * * * *',
  run: (_, { delivering }: SendingScope) => delivering.resume(),
});
