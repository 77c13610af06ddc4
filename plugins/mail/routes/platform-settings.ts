/** Our own API: rules, webhooks, addresses that get no more mail. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import type { MailScope } from '../scope.ts';
import { ACCOUNTS, MessageId } from './shared.ts';

const manage = { scope: 'mail:manage', kinds: ACCOUNTS };
/** Suppressions hold for everybody in the tenant. */
const ofTenant = { ...manage, roles: ['owner', 'admin'] };
const Mailbox = Type.String({ minLength: 3, maxLength: 320 });
const Results = Type.Array(
  Type.Enum(['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror', 'policy']),
  { minItems: 1, maxItems: 8 },
);
const Conditions = Type.Object(
  {
    sender: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })),
    subject: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    larger_than: Type.Optional(Type.Integer({ minimum: 0 })),
    smaller_than: Type.Optional(Type.Integer({ minimum: 0 })),
    spf: Type.Optional(Results),
    dkim: Type.Optional(Results),
    dmarc: Type.Optional(Results),
  },
  { additionalProperties: false },
);
const Settings = Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
  description: 'Of an action that another plugin brings',
});
const RuleFields = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  position: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
  enabled: Type.Optional(Type.Boolean()),
  conditions: Conditions,
  action: Type.String({
    maxLength: 64,
    description: '`accept`, `reject`, `quarantine`, `forward`, `tag`, or one of GET /api/platform/mail/rule-actions',
  }),
  value: Type.Optional(Type.Union([Type.String({ maxLength: 320 }), Type.Null()])),
  settings: Type.Optional(Settings),
};
const Rule = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  mailbox: Type.Union([Type.String(), Type.Null()]),
  domain: Type.Union([Type.String(), Type.Null()]),
  position: Type.Integer(),
  enabled: Type.Boolean(),
  conditions: Conditions,
  action: Type.String(),
  value: Type.Union([Type.String(), Type.Null()]),
  settings: Settings,
});
const Action = Type.Object({
  name: Type.String(),
  summary: Type.String(),
  settings: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
    description: 'JSON Schema of the settings; null where there are none',
  }),
});
const Webhook = Type.Object({
  id: Type.Integer(),
  mailbox: Type.String(),
  url: Type.String(),
  created_at: Type.Integer(),
  secret: Type.Optional(Type.String()),
});
const Suppression = Type.Object({ address: Type.String(), reason: Type.String(), created_at: Type.Integer() });
const list = <S extends ReturnType<typeof Type.Object>>(item: S) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });

export const platformSettingRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/mail/rules',
    access: manage,
    summary: 'Rules of your mailboxes',
    responses: { 200: list(Rule) },
    handler: async ({ principal }, { mailRules }: MailScope) => ({
      items: await mailRules.list(principal),
      next_cursor: null,
    }),
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/rule-actions',
    access: manage,
    summary: 'What rules can do with a mail',
    responses: { 200: list(Action) },
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
    responses: { 201: Rule },
    handler: async ({ body, principal }, { mailRules }: MailScope) =>
      reply(201, await mailRules.create(principal, body)),
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/mail/rules/{id}',
    access: manage,
    summary: 'Changes a rule',
    params: MessageId,
    body: Type.Partial(Type.Object(RuleFields)),
    responses: { 200: Rule },
    handler: ({ params, body, principal }, { mailRules }: MailScope) => mailRules.change(principal, params.id, body),
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/rules/{id}',
    access: manage,
    summary: 'Deletes a rule',
    params: MessageId,
    responses: { 204: null },
    async handler({ params, principal }, { mailRules }: MailScope) {
      await mailRules.remove(principal, params.id);
      return reply(204);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/webhooks',
    access: manage,
    summary: 'Webhooks of a mailbox',
    query: Type.Object({ mailbox: Mailbox }),
    responses: { 200: list(Webhook) },
    handler: async ({ query, principal }, { mailWebhooks }: MailScope) => ({
      items: await mailWebhooks.list(principal, query.mailbox),
      next_cursor: null,
    }),
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/webhooks',
    access: manage,
    summary: 'Calls a URL for each new mail, signed as Standard Webhooks ask; the secret is shown this once',
    body: Type.Object({ mailbox: Mailbox, url: Type.String({ minLength: 8, maxLength: 2_000 }) }),
    responses: { 201: Webhook },
    handler: async ({ body, principal }, { mailWebhooks }: MailScope) =>
      reply(201, await mailWebhooks.create(principal, body.mailbox, body.url)),
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/webhooks/{id}',
    access: manage,
    summary: 'Deletes a webhook',
    params: MessageId,
    responses: { 204: null },
    async handler({ params, principal }, { mailWebhooks }: MailScope) {
      await mailWebhooks.remove(principal, params.id);
      return reply(204);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/suppressions',
    access: ofTenant,
    summary: 'Addresses that get no more mail from you',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      cursor: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    responses: { 200: list(Suppression) },
    async handler({ query, principal }, { suppressions }: MailScope) {
      const limit = query.limit ?? 50;
      const before = query.cursor === undefined ? {} : { before: query.cursor };
      const rows = await suppressions.list(principal, { limit: limit + 1, ...before });
      const page = rows.slice(0, limit);
      return {
        items: page.map(({ address, reason, created_at }) => ({ address, reason, created_at })),
        next_cursor: rows.length > limit ? String(page.at(-1)?.id) : null,
      };
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
