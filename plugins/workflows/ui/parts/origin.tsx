/** What started an execution: of an event which one, and where it can be looked at. */
import { Anchor } from '@mantine/core';
import { $api, isRecord, Link, useMay, useMe } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useEventNames } from '../editor/triggers/trigger-text.ts';
import type { ExecutionView } from './execution-data.ts';

const ORIGINS = ['manual', 'dry-run', 'try', 'event', 'schedule', 'http', 'function', 'workflow', 'replay', 'mcp'];

export function OriginText({ of }: { of: unknown }) {
  const { t } = useTranslation('workflows');
  const names = useEventNames();
  const kind = isRecord(of) && typeof of.kind === 'string' ? of.kind : '';
  if (kind === 'event' && isRecord(of) && typeof of.type === 'string')
    return <span>{t('origin.eventOf', { event: names.event(of.type) })}</span>;
  return <span>{ORIGINS.includes(kind) ? t(`origin.${kind}`) : kind || '–'}</span>;
}

/** With the way to the mail or the message itself. */
export function Origin({ execution: { origin, input } }: { execution: ExecutionView }) {
  const may = useMay();
  const thing = isRecord(origin) && origin.kind === 'event' ? thingIn(input) : null;
  const by = isRecord(origin) && origin.kind === 'manual' && typeof origin.by === 'string' ? origin.by : null;
  return (
    <span>
      {by === null ? <OriginText of={origin} /> : <Starter id={by} of={origin} />}
      {thing && may(thing.page) && (
        <>
          {': '}
          <Anchor component={Link} to={thing.to} size="sm">
            {thing.title}
          </Anchor>
        </>
      )}
    </span>
  );
}

/** By their name, for who sees the people of the organisation, or is it. */
function Starter({ id, of }: { id: string; of: unknown }) {
  const maySee = useMay()('auth.users');
  const { user } = useMe();
  const isMe = user?.id === id;
  const found = $api.useQuery(
    'get',
    '/api/platform/auth/users/{id}',
    { params: { path: { id } } },
    { enabled: maySee && !isMe, retry: false },
  );
  const person = isMe ? user : found.data;
  const name = person && (person.full_name || person.username || person.email);
  if (!name) return <OriginText of={of} />;
  return maySee ? (
    <Anchor component={Link} to={`/settings/people/${id}`} size="sm">
      {name}
    </Anchor>
  ) : (
    <span>{name}</span>
  );
}

interface Thing {
  /** What one has to see for it. */
  page: string;
  to: string;
  title: string;
}

const LONGEST = 80;

/** Of the first event that a workflow got: what it tells of, if that has a page. */
function thingIn(input: unknown): Thing | null {
  const [event] = Array.isArray(input) ? input : [];
  if (!isRecord(event) || !isRecord(event.data)) return null;
  const { type, data } = event;
  if (type === 'mail.received' && typeof data.message_id === 'number')
    return { page: 'mail.reader', to: `/mail?message=${data.message_id}`, title: textOf(data.subject, data.from) };
  if (typeof data.conversation_id !== 'string') return null;
  const to = `/inbox?${new URLSearchParams({ conversation: data.conversation_id })}`;
  return { page: 'robots.inbox', to, title: textOf(data.text, data.person) };
}

/** The first that says something. */
function textOf(...said: readonly unknown[]): string {
  const found = said.find((one): one is string => typeof one === 'string' && one.trim() !== '') ?? '…';
  return found.length > LONGEST ? `${found.slice(0, LONGEST)}…` : found;
}
