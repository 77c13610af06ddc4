/** Our own API: lists of what people have sent, and what is to leave later. */
import Type, { type Static } from 'typebox';
import { listRoute } from '#core/plugin.ts';
import { isoTime, PEOPLE, Time, TimeOrNull } from '../../shapes.ts';
import type { SendingScope } from '../services.ts';
import { SENT_STATUSES } from '../states.ts';
import type { SentRow } from '../tables.ts';

export const ListedSent = Type.Object({
  id: Type.String({ description: 'For `/api/send/{id}`' }),
  from: Type.String(),
  from_name: Type.Union([Type.String(), Type.Null()]),
  to: Type.Array(Type.String()),
  subject: Type.String(),
  kind: Type.Enum(['composed', 'submitted', 'forwarded']),
  status: Type.Enum([...SENT_STATUSES]),
  created_at: Time,
  updated_at: Time,
  scheduled_at: TimeOrNull,
});

const access = { scope: 'mail:read', kinds: PEOPLE };
const FROM = {
  type: 'text',
  column: 'mail_sent.from_addr',
  filter: 'prefix',
  description: 'The beginning of the sending address, in lower case',
} as const;
const CREATED = { type: 'time', filter: 'range', sort: true } as const;

export const sentLists = [
  listRoute({
    path: '/api/platform/mail/sent',
    access,
    summary: 'Mail that was sent, newest first: by you, in the tenant for its administrators, by all for super-admins',
    item: ListedSent,
    columns: {
      from: FROM,
      status: { type: 'text', filter: 'equals', values: SENT_STATUSES },
      kind: { type: 'text', filter: 'equals', values: ['composed', 'submitted'] },
      created_at: CREATED,
    },
    key: 'mail_sent.id',
    rows: ({ principal }, { visibleSent }: SendingScope) => visibleSent(principal),
    items: (rows: SentRow[]) => rows.map(listedSent),
  }),
  listRoute({
    path: '/api/platform/mail/scheduled',
    access,
    summary: 'Mail that is to leave later, the next one first',
    item: ListedSent,
    columns: {
      from: FROM,
      scheduled_at: { type: 'time', filter: 'range', sort: true },
      created_at: { type: 'time', filter: 'range' },
    },
    key: 'mail_sent.id',
    sort: 'scheduled_at',
    rows: ({ principal }, { visibleSent }: SendingScope) => visibleSent(principal).where({ status: 'scheduled' }),
    items: (rows: SentRow[]) => rows.map(listedSent),
  }),
];

export function listedSent(row: SentRow): Static<typeof ListedSent> {
  const { uuid, from_addr, from_name, recipients, subject, kind, status, scheduled_at } = row;
  return {
    id: uuid,
    from: from_addr,
    from_name,
    to: recipients.split(','),
    subject,
    kind,
    status,
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
    scheduled_at: scheduled_at === null ? null : isoTime(scheduled_at),
  };
}
