/** The form of something that others may change too: after a 412 what they made of it is shown, and what was written is kept. */
import { Alert, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isRecord, isStale } from '../client/api-error.ts';
import { Failure } from './states.tsx';

/** A field that somebody else has changed, as it stands there now. */
export interface ChangedField {
  label: string;
  /** Text for people; null when it is empty. */
  now: string | boolean | null;
}

export interface VersionedForm {
  /** What others changed since it was opened, as far as the form shows it; null when nobody did. */
  changed: readonly ChangedField[] | null;
  /**
   * Writes what differs from what was opened, with the version that was seen: fields that nobody touched here stay as others
   * left them. `body` has the names and forms that the row has. When the version is old, the present one is read, and the
   * next try is a change of that. Throws what `write` throws, or `read`.
   */
  save<Body extends object, T>(
    body: Body,
    write: (header: { 'If-Match': string }, changes: Partial<Body>) => Promise<T>,
  ): Promise<T>;
}

export interface VersionedFormOptions<Row> {
  /** The present one; undefined when it is gone. */
  read(): Promise<Row | undefined>;
  /** Has the lists that show it read again, from which the form would be opened once more. */
  refresh?(): Promise<void>;
  /** What the form calls the fields that it shows. */
  labels: Partial<Record<Extract<keyof Row, string>, string>>;
  /** Text of a value that is shown otherwise than it is kept; undefined: as it is. */
  textOf?(field: Extract<keyof Row, string>, row: Row): string | undefined;
}

export function useVersionedForm<Row extends { version: string | null }>(
  opened: Row | null,
  { read, refresh, labels, textOf }: VersionedFormOptions<Row>,
): VersionedForm {
  // What is shown elsewhere may be read again meanwhile; this is what the form was filled from.
  const [first] = useState(opened);
  const [version, setVersion] = useState(opened?.version);
  const [changed, setChanged] = useState<readonly ChangedField[] | null>(null);
  return { changed, save };

  async function save<Body extends object, T>(
    body: Body,
    write: (header: { 'If-Match': string }, changes: Partial<Body>) => Promise<T>,
  ): Promise<T> {
    if (first === null) throw new Error('What is new has no version');
    try {
      return await write({ 'If-Match': `"${version}"` }, changesOf(first, body));
    } catch (error) {
      if (!isStale(error)) throw error;
      void refresh?.();
      const now = await read();
      if (now) {
        setVersion(now.version);
        setChanged(differences(first, now));
      }
      throw error;
    }
  }

  function differences(before: Row, now: Row): ChangedField[] {
    const fields = Object.keys(labels) as Extract<keyof Row, string>[];
    return fields
      .filter((field) => !isSame(before[field], now[field]))
      .map((field) => ({ label: labels[field] ?? field, now: textOf?.(field, now) ?? plainText(now[field]) }));
  }
}

/** Why it was not saved: what others changed meanwhile, or what the server says. */
export function NotSaved({ error, form }: { error: unknown; form: Pick<VersionedForm, 'changed'> | undefined }) {
  const { t } = useTranslation();
  const changed = form?.changed ?? null;
  if (!isStale(error) || changed === null) return <Failure error={error} />;
  return (
    <Alert color="yellow" role="alert" title={t('meanwhile.title')}>
      <Stack gap={4}>
        {changed.map(({ label, now }) => (
          <Text key={label} size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {t('meanwhile.field', { label, now: shown(now) })}
          </Text>
        ))}
        <Text size="sm">{t(changed.length > 0 ? 'meanwhile.text' : 'meanwhile.other')}</Text>
      </Stack>
    </Alert>
  );

  function shown(now: ChangedField['now']): string {
    if (typeof now === 'boolean') return t(now ? 'meanwhile.on' : 'meanwhile.off');
    return now ?? t('meanwhile.empty');
  }
}

function changesOf<Body extends object>(first: object, body: Body): Partial<Body> {
  const before = new Map<string, unknown>(Object.entries(first));
  const different = Object.entries(body).filter(([field, value]) => !isSame(before.get(field), value));
  return Object.fromEntries(different) as Partial<Body>;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function plainText(value: unknown): string | boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((one) => plainText(one) ?? '').join(', ');
  if (!isRecord(value)) return String(value);
  if (typeof value.name === 'string') return value.name;
  const parts = Object.entries(value).map(([name, one]) => `${name}: ${plainText(one) ?? ''}`);
  return parts.length === 0 ? null : parts.join(', ');
}
