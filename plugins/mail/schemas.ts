/** What clients know the schemas of the routes by: their names in the OpenAPI document. */
import type { TSchema } from 'typebox';
import { BatchAnswer } from './routes/mailbox-batches.ts';
import { ListedMailbox } from './routes/mailbox-list.ts';
import { ListedMessage, MessageDetail, MessageView as PlatformMessage } from './routes/message-view.ts';
import { ListedSent } from './routes/sent-lists.ts';
import { RuleConditionsView, RuleView, SuppressionView, WebhookView } from './routes/setting-views.ts';
import { MailboxView, MessageView, OpenMessageView, SentView, UserView } from './views.ts';

export const schemas: Readonly<Record<string, TSchema>> = {
  BatchItem: BatchAnswer.properties.results.items,
  BatchResult: BatchAnswer,
  Email: MessageView,
  Mailbox: MailboxView,
  MailUser: UserView,
  ListedMailbox,
  ListedMessage,
  ListedSent,
  MessageDetail,
  MailRule: RuleView,
  MailWebhook: WebhookView,
  MessageSummary: PlatformMessage,
  OpenEmail: OpenMessageView,
  RuleConditions: RuleConditionsView,
  SentEmail: SentView,
  Suppression: SuppressionView,
};
