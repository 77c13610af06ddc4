/** What stands above the parts of mail sees, and tests see: everything of each. */
import type { MailboxesOwn } from './mailboxes/services.ts';
import type { MessagesOwn } from './messages/services.ts';
import type { ReadingOwn } from './reading/services.ts';
import type { ReceivingOwn } from './receiving/services.ts';
import type { RulesOwn } from './rules/services.ts';
import type { SendingOwn } from './sending/services.ts';
import type { MailGround } from './services.ts';
import type { TempMailOwn } from './temp-mail/services.ts';
import type { WebhooksOwn } from './webhooks/services.ts';

export interface MailScope
  extends MailGround,
    MessagesOwn,
    MailboxesOwn,
    RulesOwn,
    WebhooksOwn,
    SendingOwn,
    ReceivingOwn,
    ReadingOwn,
    TempMailOwn {}
