/** How the services of rules are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { MailboxesOwn } from '../mailboxes/services.ts';
import type { MessagesOwn } from '../messages/services.ts';
import type { MailGround } from '../services.ts';
import { createMailRuleActions } from './rule-actions.ts';
import { createMailRules } from './rules.ts';

export const ruleServices = { mailRules: createMailRules };

export const rulePublicServices = { mailRuleActions: createMailRuleActions };

export interface RulesOwn extends ServicesOf<typeof ruleServices>, ServicesOf<typeof rulePublicServices> {}

/** What this part sees. */
export interface RulesScope extends MailGround, MailboxesOwn, MessagesOwn, RulesOwn {}
