/** Temp-mail: the same change on up to a thousand mailboxes, for super-admins. */
import Type, { type Static } from 'typebox';
import { type Principal, route } from '#core/plugin.ts';
import type { MailScope } from '../scope.ts';
import { forwardedBy } from '../services/mailbox-settings.ts';
import { ForwardTo } from './mailbox-settings.ts';

const MAX_ITEMS = 1_000;
const Addresses = Type.Array(Type.String({ minLength: 1, maxLength: 320 }), { minItems: 1, maxItems: MAX_ITEMS });
const Ids = Type.Array(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }), { minItems: 1, maxItems: MAX_ITEMS });
export const BatchAnswer = Type.Object(
  {
    success: Type.Literal(true),
    success_count: Type.Integer(),
    fail_count: Type.Integer(),
    total: Type.Integer(),
    results: Type.Array(
      Type.Object({
        address: Type.Optional(Type.String()),
        id: Type.Optional(Type.Integer()),
        success: Type.Boolean(),
        updated: Type.Optional(Type.Boolean()),
        error: Type.Optional(Type.String()),
      }),
    ),
  },
  {
    examples: [
      {
        success: true,
        success_count: 2,
        fail_count: 0,
        total: 2,
        results: [{ address: 'test1@example.com', success: true, updated: true }],
      },
    ],
  },
);
const common = { method: 'POST', access: 'superadmin', responses: { 200: BatchAnswer } } as const;

export const mailboxBatchRoutes = [
  route({
    ...common,
    path: '/api/mailboxes/batch-toggle-login',
    summary: 'Sign-in as the mailbox, for many',
    body: Type.Object({ addresses: Addresses, can_login: Type.Boolean() }),
    handler: ({ body }, { mailboxSettings }: MailScope) =>
      mailboxSettings.changeMany({ addresses: body.addresses }, { can_login: body.can_login ? 1 : 0 }),
  }),
  route({
    ...common,
    path: '/api/mailboxes/batch-favorite',
    summary: 'Favourites, for many, by id',
    body: Type.Object({ mailbox_ids: Ids, is_favorite: Type.Boolean() }),
    handler: ({ body }, { mailboxSettings }: MailScope) =>
      mailboxSettings.changeMany({ ids: body.mailbox_ids }, { is_favorite: body.is_favorite ? 1 : 0 }),
  }),
  route({
    ...common,
    path: '/api/mailboxes/batch-forward',
    summary: 'Forwarding, for many, by id',
    body: Type.Object({ mailbox_ids: Ids, forward_to: ForwardTo }),
    handler: ({ body, principal }, { mailboxSettings }: MailScope) =>
      mailboxSettings.changeMany({ ids: body.mailbox_ids }, forwardOf(body.forward_to, principal)),
  }),
  route({
    ...common,
    path: '/api/mailboxes/batch-favorite-by-address',
    summary: 'Favourites, for many, by address',
    body: Type.Object({ addresses: Addresses, is_favorite: Type.Boolean() }),
    handler: ({ body }, { mailboxSettings }: MailScope) =>
      mailboxSettings.changeMany({ addresses: body.addresses }, { is_favorite: body.is_favorite ? 1 : 0 }),
  }),
  route({
    ...common,
    path: '/api/mailboxes/batch-forward-by-address',
    summary: 'Forwarding, for many, by address',
    body: Type.Object({ addresses: Addresses, forward_to: ForwardTo }),
    handler: ({ body, principal }, { mailboxSettings }: MailScope) =>
      mailboxSettings.changeMany({ addresses: body.addresses }, forwardOf(body.forward_to, principal)),
  }),
];

function forwardOf(forwardTo: Static<typeof ForwardTo>, principal: Principal) {
  const forward = { forward_to: forwardTo?.trim() || null };
  return { ...forward, ...forwardedBy(forward, principal) };
}
