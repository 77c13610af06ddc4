/** Temp-mail: the same change on up to a thousand mailboxes, for super-admins. */
import Type, { type Static } from 'typebox';
import { type Principal, route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { forwardedBy, type MailboxSettings } from '../../mailboxes/settings.ts';
import { MessageId } from '../../shapes.ts';
import { sentenceOf } from '../dialect-messages.ts';
import type { TempMailScope } from '../services.ts';
import { ForwardTo } from './mailboxes.ts';

const MAX_ITEMS = 1_000;
const Addresses = Type.Array(Type.String({ minLength: 1, maxLength: 320 }), { minItems: 1, maxItems: MAX_ITEMS });
const Ids = Type.Array(MessageId.properties.id, { minItems: 1, maxItems: MAX_ITEMS });
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
    handler: ({ body }, services: TempMailScope) =>
      changeMany(services, 'address', body.addresses, { can_login: body.can_login ? 1 : 0 }),
  }),
  route({
    ...common,
    path: '/api/mailboxes/batch-favorite',
    summary: 'Favourites, for many, by id',
    body: Type.Object({ mailbox_ids: Ids, is_favorite: Type.Boolean() }),
    handler: ({ body }, services: TempMailScope) =>
      changeMany(services, 'id', body.mailbox_ids, { is_favorite: body.is_favorite ? 1 : 0 }),
  }),
  route({
    ...common,
    path: '/api/mailboxes/batch-forward',
    summary: 'Forwarding, for many, by id',
    body: Type.Object({ mailbox_ids: Ids, forward_to: ForwardTo }),
    handler: ({ body, principal }, services: TempMailScope) =>
      changeMany(services, 'id', body.mailbox_ids, forwardOf(body.forward_to, principal)),
  }),
  route({
    ...common,
    path: '/api/mailboxes/batch-favorite-by-address',
    summary: 'Favourites, for many, by address',
    body: Type.Object({ addresses: Addresses, is_favorite: Type.Boolean() }),
    handler: ({ body }, services: TempMailScope) =>
      changeMany(services, 'address', body.addresses, { is_favorite: body.is_favorite ? 1 : 0 }),
  }),
  route({
    ...common,
    path: '/api/mailboxes/batch-forward-by-address',
    summary: 'Forwarding, for many, by address',
    body: Type.Object({ addresses: Addresses, forward_to: ForwardTo }),
    handler: ({ body, principal }, services: TempMailScope) =>
      changeMany(services, 'address', body.addresses, forwardOf(body.forward_to, principal)),
  }),
];

/** One statement for all; what is not there is told apart, each in its own result. */
async function changeMany(
  { mailboxSettings }: TempMailScope,
  column: 'id' | 'address',
  given: readonly (number | string)[],
  patch: Parameters<MailboxSettings['changeMany']>[2],
) {
  const wanted = given.map((value) => (typeof value === 'string' ? value.trim().toLowerCase() : value));
  const found = await mailboxSettings.changeMany(column, wanted, patch);
  const results = wanted.map((value) => ({
    ...(typeof value === 'number' ? { id: value } : { address: value }),
    ...(found.has(value)
      ? { success: true, updated: true }
      : { success: false, error: sentenceOf(mailErrors.mailbox_not_found()) }),
  }));
  const succeeded = results.filter(({ success }) => success).length;
  const figures = { success_count: succeeded, fail_count: wanted.length - succeeded, total: wanted.length };
  return { success: true, ...figures, results };
}

function forwardOf(forwardTo: Static<typeof ForwardTo>, principal: Principal) {
  const forward = { forward_to: forwardTo?.trim() || null };
  return { ...forward, ...forwardedBy(forward, principal) };
}
