/** Routes of all parts, in the order in which readers of the API have found them from its beginning: lists first. */
import { mailboxList } from './mailboxes/routes/mailbox-list.ts';
import { mailboxRoutes } from './mailboxes/routes/mailboxes.ts';
import { messageLists } from './reading/routes/message-lists.ts';
import { messagePageRoutes } from './reading/routes/message-page.ts';
import { messageRoutes } from './reading/routes/messages.ts';
import { waitingRoutes } from './reading/routes/waiting.ts';
import { receivingRoutes } from './receiving/routes.ts';
import { ruleList, ruleRoutes } from './rules/routes.ts';
import { domainRoutes } from './sending/routes/domains.ts';
import { sentRoutes } from './sending/routes/sent.ts';
import { sentLists } from './sending/routes/sent-lists.ts';
import { suppressionList, suppressionRoutes } from './sending/routes/suppressions.ts';
import { mailboxBatchRoutes } from './temp-mail/routes/mailbox-batches.ts';
import { mailboxSettingRoutes } from './temp-mail/routes/mailbox-settings.ts';
import { mailboxRoutes as tempMailboxRoutes } from './temp-mail/routes/mailboxes.ts';
import { messageRoutes as tempMessageRoutes } from './temp-mail/routes/messages.ts';
import { receiveRoutes } from './temp-mail/routes/receive.ts';
import { sendingRoutes } from './temp-mail/routes/sending.ts';
import { sessionRoutes } from './temp-mail/routes/session.ts';
import { userRoutes } from './temp-mail/routes/users.ts';
import { webhookCallRoutes } from './webhooks/routes/calls.ts';
import { webhookList, webhookRoutes } from './webhooks/routes/webhooks.ts';

export const routes = [
  ...sessionRoutes,
  ...tempMailboxRoutes,
  ...mailboxSettingRoutes,
  ...mailboxBatchRoutes,
  ...tempMessageRoutes,
  ...sendingRoutes,
  ...userRoutes,
  ...receiveRoutes,
  mailboxList,
  ...messageLists,
  ...sentLists,
  ruleList,
  webhookList,
  suppressionList,
  ...mailboxRoutes,
  ...messageRoutes,
  ...messagePageRoutes,
  ...sentRoutes,
  ...ruleRoutes,
  ...webhookRoutes,
  ...suppressionRoutes,
  ...webhookCallRoutes,
  ...domainRoutes,
  ...waitingRoutes,
  ...receivingRoutes,
];
