/** Our own API: rules of mailboxes and domains, and what they can do. */
import Type from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { isMailAdmin } from '../mail-admin.ts';
import { MAILBOX_COLUMN, MANAGE, MailboxAddress, MessageId } from '../shapes.ts';
import type { RulesScope } from './services.ts';
import type { RuleRow } from './tables.ts';
import { RuleConditionsView, RuleSettings, RuleView, ruleView } from './views.ts';

const RuleFields = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  position: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
  enabled: Type.Optional(Type.Boolean()),
  conditions: RuleConditionsView,
  action: Type.String({
    maxLength: 64,
    description: '`accept`, `reject`, `quarantine`, `forward`, `tag`, or one of GET /api/platform/mail/rule-actions',
  }),
  value: Type.Optional(Type.Union([Type.String({ maxLength: 320 }), Type.Null()])),
  settings: Type.Optional(RuleSettings),
};
const Action = Type.Object({
  name: Type.String(),
  summary: Type.String(),
  settings: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
    description: 'JSON Schema of the settings; null where there are none',
  }),
});

export const ruleRoutes = [
  listRoute({
    path: '/api/platform/mail/rules',
    access: MANAGE,
    summary: 'Rules of mailboxes that you see, in their order; those of domains for administrators',
    item: RuleView,
    columns: {
      mailbox: MAILBOX_COLUMN,
      domain: { type: 'text', column: 'mail_rules.domain', filter: 'equals' },
      action: { type: 'text', column: 'mail_rules.action', filter: 'equals' },
      enabled: { type: 'boolean', column: 'mail_rules.is_enabled', filter: 'equals' },
      position: { type: 'integer', column: 'mail_rules.position', sort: true },
    },
    key: 'mail_rules.id',
    sort: 'position',
    rows({ principal }, { db }: RulesScope) {
      const rows = db
        .read('mail_rules')
        .leftJoin('mail_mailboxes', 'mail_mailboxes.id', 'mail_rules.mailbox_id')
        .select('mail_rules.*', 'mail_mailboxes.address');
      if (isSuperadmin(principal)) return rows;
      if (isMailAdmin(principal)) return rows.where('mail_rules.tenant_id', principal.tenantId ?? '');
      return rows.where('mail_mailboxes.user_id', principal.userId ?? 0);
    },
    items: (rows: (RuleRow & { address: string | null })[]) =>
      rows.map(({ address, ...row }) => ruleView(row, address)),
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/rule-actions',
    access: MANAGE,
    summary: 'What rules can do with a mail',
    responses: { 200: Type.Object({ items: Type.Array(Action), next_cursor: Type.Null() }) },
    handler: async (_, { mailRuleActions }: RulesScope) => ({ items: mailRuleActions.list(), next_cursor: null }),
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/rules',
    access: MANAGE,
    summary: 'Makes a rule for a mailbox, or (super-admins) for a domain',
    body: Type.Object({
      ...RuleFields,
      mailbox: Type.Optional(MailboxAddress),
      domain: Type.Optional(Type.String({ maxLength: 255 })),
    }),
    responses: { 201: RuleView },
    async handler({ body, principal }, { mailRules }: RulesScope) {
      const { row, address } = await mailRules.create(principal, body);
      return versioned(row, ruleView(row, address), 201);
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/mail/rules/{id}',
    access: MANAGE,
    summary: 'Changes a rule',
    params: MessageId,
    body: Type.Partial(Type.Object(RuleFields)),
    requestHeaders: IF_MATCH,
    responses: { 200: RuleView },
    async handler({ params, body, principal, ctx }, { mailRules }: RulesScope) {
      const { row, address } = await mailRules.change(principal, params.id, body, preconditionOf(ctx));
      return versioned(row, ruleView(row, address));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/rules/{id}',
    access: MANAGE,
    summary: 'Deletes a rule',
    params: MessageId,
    requestHeaders: IF_MATCH,
    responses: { 204: null },
    async handler({ params, principal, ctx }, { mailRules }: RulesScope) {
      await mailRules.remove(principal, params.id, preconditionOf(ctx));
      return reply(204);
    },
  }),
];
