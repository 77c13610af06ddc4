/** Messages as bytes: parsed, cleaned, authenticated and signed, by workers with bounds on time and memory. They know no table. */
import { definePart } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { type MessagesScope, messageServices } from './services.ts';

export const messages = definePart<MessagesScope & { config: MailConfig }>({
  name: 'messages',
  summary: 'Messages as bytes: parsed, cleaned, authenticated and signed, by workers with bounds',
  services: messageServices,
});
