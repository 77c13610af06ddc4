/** Rules of mailboxes and domains: what happens to a message that meets their conditions, by mail itself or by other plugins. */
import { definePart, type FactoriesOf } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { MailServices } from '../contract.ts';
import { refuseByRules } from './early-refusal.ts';
import { applyRule } from './jobs.ts';
import { ruleRoutes } from './routes.ts';
import { type RulesScope, rulePublicServices, ruleServices } from './services.ts';
import { ruleTables } from './tables.ts';
import { RuleConditionsView, RuleView } from './views.ts';

type Seen = RulesScope & { config: MailConfig };

export const rules = definePart<Seen>({
  name: 'rules',
  summary: 'What happens to a message that meets the conditions of a mailbox or a domain',
  needs: ['mailboxes', 'messages'],
  tables: ruleTables,
  services: ruleServices,
  publicServices: rulePublicServices satisfies FactoriesOf<MailServices, Seen>,
  routes: ruleRoutes,
  schemas: { MailRule: RuleView, RuleConditions: RuleConditionsView },
  jobs: [applyRule],
  hooks: { 'mail.accepting': refuseByRules },
  start: async ({ mailRuleActions }) => mailRuleActions.close(),
});
