/** The events that plugins tell of, with the fields that a condition may look at. */
import { $api, isRecord } from 'patchbay-platform/ui';
import { useMemo } from 'react';

export interface EventField {
  name: string;
  type: 'text' | 'number' | 'boolean';
  /** The values that there are, where these are few. */
  values: readonly string[];
}

export interface KnownEvent {
  type: string;
  plugin: string;
  fields: readonly EventField[];
}

/** What is asked for most, the dearest first. */
const USUAL = [
  'mail.received',
  'robot.message',
  'conversation.handed_over',
  'licence.issued',
  'licence.expiring',
  'licence.expired',
  'invoice.paid',
  'invoice.failed',
  'usage.threshold',
];

export function useEventTypes(): readonly KnownEvent[] {
  const { data } = $api.useQuery('get', '/api/platform/event-types', {}, { staleTime: Number.POSITIVE_INFINITY });
  return useMemo(() => {
    const all = (data?.items ?? []).map(({ type, plugin, payload }) => ({ type, plugin, fields: fieldsOf(payload) }));
    return all.sort((one, other) => rank(one.type) - rank(other.type) || (one.type < other.type ? -1 : 1));
  }, [data]);
}

function rank(type: string): number {
  const place = USUAL.indexOf(type);
  return place === -1 ? USUAL.length : place;
}

function fieldsOf(payload: unknown): EventField[] {
  const properties = isRecord(payload) && isRecord(payload.properties) ? payload.properties : {};
  // Whose it is goes without saying: a workflow hears events of its own tenant.
  return Object.entries(properties).flatMap(([name, schema]) => (name === 'tenant_id' ? [] : fieldOf(name, schema)));
}

function fieldOf(name: string, schema: unknown): EventField[] {
  if (!isRecord(schema) || !/^[A-Za-z_]\w*$/.test(name)) return [];
  if (Array.isArray(schema.enum)) return [{ name, type: 'text', values: schema.enum.map(String) }];
  const [only, ...others] = Array.isArray(schema.anyOf) ? schema.anyOf.filter((one) => one?.type !== 'null') : [];
  if (only !== undefined) return others.length === 0 ? fieldOf(name, only) : [];
  if (schema.type === 'string') return [{ name, type: 'text', values: [] }];
  if (schema.type === 'number' || schema.type === 'integer') return [{ name, type: 'number', values: [] }];
  return schema.type === 'boolean' ? [{ name, type: 'boolean', values: [] }] : [];
}
