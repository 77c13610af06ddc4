/** Our own API: the domains of this server, with what their name service has to say for mail to arrive and be believed. */
import Type from 'typebox';
import { coreErrors, route } from '#core/plugin.ts';
import { recordsFor, stateOf } from '../dns-records.ts';
import type { SendingScope } from '../services.ts';

const access = 'superadmin';

const Record = Type.Object({
  purpose: Type.Enum(['MX', 'SPF', 'DKIM', 'DMARC']),
  name: Type.String(),
  type: Type.Enum(['MX', 'TXT']),
  value: Type.String({ description: 'To be published' }),
  state: Type.Enum(['ok', 'other', 'different', 'missing'], {
    description: '`other`: there is one that says something else, perhaps on purpose',
  }),
  found: Type.Array(Type.String(), { description: 'What is published' }),
});

export const domainRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/mail/domains',
    access,
    summary: 'The domains that this server takes mail for, as the configuration names them',
    responses: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            name: Type.String(),
            is_public: Type.Boolean({ description: 'Everybody with an account may take mailboxes there' }),
          }),
        ),
        next_cursor: Type.Null(),
      }),
    },
    handler(_, { mailboxes, mailboxTaking }: SendingScope) {
      const items = mailboxes
        .domains()
        .map((name) => ({ name, is_public: mailboxTaking.publicDomains.includes(name) }));
      return { items, next_cursor: null };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/domains/{domain}/records',
    access,
    summary: 'The DNS records of a domain, and whether they are published',
    params: Type.Object({ domain: Type.String({ maxLength: 255 }) }),
    query: Type.Object({
      host: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z0-9.-]{1,253}$',
          description: 'Name of the mail server; default: `mail.` of it',
        }),
      ),
    }),
    responses: { 200: Type.Object({ items: Type.Array(Record), next_cursor: Type.Null() }) },
    async handler({ params, query }, services: SendingScope) {
      const domain = params.domain.toLowerCase();
      if (!services.mailboxes.domains().includes(domain)) throw coreErrors.not_found();
      const records = await recordsFor(domain, query.host ?? `mail.${domain}`, services);
      const items = await Promise.all(
        records.map(async (record) => ({ ...record, ...(await stateOf(record, services)) })),
      );
      return { items, next_cursor: null };
    },
  }),
];
