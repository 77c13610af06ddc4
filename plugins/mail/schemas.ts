/** What clients know the schemas of the routes by: their names in the OpenAPI document. */
import type { TSchema } from 'typebox';
import { BatchAnswer } from './routes/mailbox-batches.ts';
import { MailboxView, MessageView, OpenMessageView, SentView, UserView } from './views.ts';

export const schemas: Readonly<Record<string, TSchema>> = {
  BatchItem: BatchAnswer.properties.results.items,
  BatchResult: BatchAnswer,
  Email: MessageView,
  Mailbox: MailboxView,
  MailUser: UserView,
  OpenEmail: OpenMessageView,
  SentEmail: SentView,
};
