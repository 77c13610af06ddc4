/** Temp-mail: domains, random mailboxes, lists of mailboxes. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { Flag, isOn } from '../../shapes.ts';
import { demoMailboxes } from '../demo-data.ts';
import type { TempMailScope } from '../services.ts';
import { FAR_FUTURE_MS, MailboxView, mailboxView } from '../views.ts';
import { listReply, PageOrOffset, pageOf, READERS } from './paging.ts';

export const mailboxRoutes = [
  route({
    method: 'GET',
    path: '/api/domains',
    access: { scope: 'mail:read', kinds: READERS },
    summary: 'Domains in which you can make mailboxes',
    responses: { 200: Type.Array(Type.String(), { examples: [['example.com', 'mail.example.com']] }) },
    handler: async ({ principal }, { mailboxTaking }: TempMailScope) => [
      ...(await mailboxTaking.domainsFor(principal)),
    ],
  }),
  route({
    method: 'GET',
    path: '/api/generate',
    operationId: 'generateMailbox',
    changes: true,
    access: { scope: 'mail:manage', kinds: READERS },
    summary: 'Makes a mailbox with a random name',
    query: Type.Object({
      length: Type.Optional(Type.Integer({ minimum: 4, maximum: 32, default: 8 })),
      domainIndex: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 0 })),
    }),
    responses: {
      200: Type.Object(
        { email: Type.String(), expires: Type.Integer() },
        { examples: [{ email: 'abc123@example.com', expires: 1704067200000 }] },
      ),
    },
    async handler({ query, principal }, { mailboxes, clock }: TempMailScope) {
      if (principal.kind === 'guest') throw mailErrors.guest_read_only();
      if (principal.kind === 'mailbox') throw mailErrors.not_your_mailbox();
      const row = await mailboxes.generate(principal, {
        length: query.length ?? 8,
        domainIndex: query.domainIndex ?? 0,
      });
      return { email: row.address, expires: row.expires_at ?? clock.now() + FAR_FUTURE_MS };
    },
  }),
  route({
    method: 'GET',
    path: '/api/mailboxes',
    access: { scope: 'mail:read', kinds: READERS },
    summary: 'Your mailboxes, pinned ones first; with `page` or `size` as {list, total}',
    query: Type.Object({
      ...PageOrOffset(100, 500),
      domain: Type.Optional(Type.String({ maxLength: 255 })),
      favorite: Flag,
      forward: Flag,
      login: Flag,
      q: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    responses: {
      200: Type.Union([Type.Array(MailboxView), Type.Object({ list: Type.Array(MailboxView), total: Type.Integer() })]),
    },
    async handler({ query, principal }, { mailboxes, clock }: TempMailScope) {
      const page = pageOf(query, 100);
      if (principal.kind === 'guest') {
        const rows = demoMailboxes(mailboxes.domains()[0] ?? 'example.com', clock.now());
        return listReply(rows.slice(page.offset, page.offset + page.limit).map(mailboxView), rows.length, page.isPaged);
      }
      const { rows, total } = await mailboxes.list(principal, {
        ...page,
        ...(query.domain && { domain: query.domain }),
        ...(query.q && { q: query.q }),
        favorite: isOn(query.favorite),
        forward: isOn(query.forward),
        login: isOn(query.login),
      });
      return listReply(rows.map(mailboxView), total, page.isPaged);
    },
  }),
];
