/** Our own API: what the name service of a domain has to say for its mail to arrive and be believed. */
import Type from 'typebox';
import { coreErrors, route } from '#core/plugin.ts';
import { recordsFor, stateOf } from '../dns-records.ts';
import type { SendingScope } from '../services.ts';

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

export const dnsRecordRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/mail/domains/{domain}/records',
    access: 'superadmin',
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
