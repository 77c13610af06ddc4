/** Our own API: rules, webhooks, addresses that get no more mail. */
import Type from 'typebox';
import { IF_MATCH, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import type { MailScope } from '../scope.ts';
import { RuleConditionsView, RuleSettings, RuleView, ruleView, WebhookView, webhookView } from './setting-views.ts';
import { ACCOUNTS, MessageId } from './shared.ts';

const manage = { scope: 'mail:manage', kinds: ACCOUNTS };
/** Suppressions hold for everybody in the tenant. */
const ofTenant = { ...manage, roles: ['owner', 'admin'] };
const Mailbox = Type.String({ minLength: 3, maxLength: 320 });
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

export const platformSettingRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/mail/rule-actions',
    access: manage,
    summary: 'What rules can do with a mail',
    responses: { 200: Type.Object({ items: Type.Array(Action), next_cursor: Type.Null() }) },
    handler: async (_, { mailRuleActions }: MailScope) => ({ items: mailRuleActions.list(), next_cursor: null }),
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/rules',
    access: manage,
    summary: 'Makes a rule for a mailbox, or (super-admins) for a domain',
    body: Type.Object({
      ...RuleFields,
      mailbox: Type.Optional(Mailbox),
      domain: Type.Optional(Type.String({ maxLength: 255 })),
    }),
    responses: { 201: RuleView },
    async handler({ body, principal }, { mailRules }: MailScope) {
      const { row, address } = await mailRules.create(principal, body);
      return versioned(row, ruleView(row, address), 201);
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/mail/rules/{id}',
    access: manage,
    summary: 'Changes a rule',
    params: MessageId,
    body: Type.Partial(Type.Object(RuleFields)),
    requestHeaders: IF_MATCH,
    responses: { 200: RuleView },
    async handler({ params, body, principal, ctx }, { mailRules }: MailScope) {
      const { row, address } = await mailRules.change(principal, params.id, body, preconditionOf(ctx));
      return versioned(row, ruleView(row, address));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/rules/{id}',
    access: manage,
    summary: 'Deletes a rule',
    params: MessageId,
    requestHeaders: IF_MATCH,
    responses: { 204: null },
    async handler({ params, principal, ctx }, { mailRules }: MailScope) {
      await mailRules.remove(principal, params.id, preconditionOf(ctx));
      return reply(204);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/webhooks',
    access: manage,
    summary: 'Calls a URL for each new mail, signed as Standard Webhooks ask; the secret is shown this once',
    body: Type.Object({ mailbox: Mailbox, url: Type.String({ minLength: 8, maxLength: 2_000 }) }),
    responses: { 201: Type.Object({ ...WebhookView.properties, secret: Type.String() }) },
    async handler({ body, principal }, { mailWebhooks }: MailScope) {
      const { row, address, secret } = await mailWebhooks.create(principal, body.mailbox, body.url);
      return versioned(row, { ...webhookView(row, address), secret }, 201);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/webhooks/{id}',
    access: manage,
    summary: 'Deletes a webhook',
    params: MessageId,
    requestHeaders: IF_MATCH,
    responses: { 204: null },
    async handler({ params, principal, ctx }, { mailWebhooks }: MailScope) {
      await mailWebhooks.remove(principal, params.id, preconditionOf(ctx));
      return reply(204);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/suppressions',
    access: ofTenant,
    summary: 'Sends no more mail to an address',
    body: Type.Object({ address: Mailbox, reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    responses: { 204: null },
    async handler({ body, principal }, { suppressions }: MailScope) {
      await suppressions.add(principal, body.address, body.reason ?? 'by hand');
      return reply(204);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/suppressions/{address}',
    access: ofTenant,
    summary: 'Allows mail to an address again',
    params: Type.Object({ address: Mailbox }),
    responses: { 204: null },
    async handler({ params, principal }, { suppressions }: MailScope) {
      await suppressions.remove(principal, params.address);
      return reply(204);
    },
  }),
];
