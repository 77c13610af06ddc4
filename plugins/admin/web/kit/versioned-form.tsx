/** The form of something that others may change too: after a 412 what they made of it is shown, and what was written is kept. */
import { Alert, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isRecord, isStale } from '../client/api-error.ts';
import { Failure } from './states.tsx';

/** Of a long page, whose buttons stay at the bottom of the window; in pixels. */
const ABOVE_BUTTONS = 80;

/** A field that somebody else has changed, as it stands there now. */
export interface ChangedField {
  label: string;
  /** Text for people; null when it is empty. */
  now: string | boolean | null;
}

export interface VersionedForm<Row = unknown> {
  /** What the form is filled from; null for something new. */
  opened: Row | null;
  /** What others changed since it was opened, as far as the form shows it; null when nobody did. */
  changed: readonly ChangedField[] | null;
  /**
   * Writes what differs from what was opened, with the version that was seen; nothing, when nothing does. Fields that nobody
   * touched here stay as others left them. `body` has the names and forms that the row has. When the version is old, the present one is read, and the
   * next try is a change of that; `seen` is the one whose version is sent, for a route that takes the whole of it. Throws
   * what `write` throws, or `read`.
   */
  save<Body extends object, T>(
    body: Body,
    write: (header: IfVersion, changes: Partial<Body>, seen: Row) => Promise<T>,
  ): Promise<T | undefined>;
  /** Does something with all of it, a removal or a decision, when it is still what was seen; else as `save`. */
  act<T>(work: (header: IfVersion) => Promise<T>): Promise<T>;
  /** Begins anew, for another one in the same form, with the next row that `follows` brings. */
  restart(): void;
}

export interface VersionedFormOptions<Row> {
  /** The present one; undefined when it is gone. */
  read(): Promise<Row | undefined>;
  /** Has the lists that show it read again, from which the form would be opened once more. */
  refresh?(): unknown;
  /** What the form calls the fields that it shows. */
  labels: Partial<Record<Extract<keyof Row, string>, string>>;
  /** Text of a value that is shown otherwise than it is kept; undefined: as it is. */
  textOf?(field: Extract<keyof Row, string>, row: Row): string | undefined;
  /** Of a form that stays on its page: while nothing is written in it, it is filled from what is read meanwhile. */
  follows?: boolean;
}

/** For a switch, and for what is done with many rows: only what is still as it was seen is changed. */
export type IfVersion = { 'If-Match': string };

/** What a form sends is made by `useVersionedForm`. */
export function ifVersion(version: string | null): IfVersion {
  return { 'If-Match': `"${version}"` };
}

export function useVersionedForm<Row extends { version: string | null }>(
  row: Row | null,
  { read, refresh, labels, textOf, follows = false }: VersionedFormOptions<Row>,
): VersionedForm<Row> {
  // What is shown elsewhere may be read again meanwhile; `first` is what the form was filled from.
  const [state, setState] = useState(() => begun(row));
  const { first, seen, changed } = state;
  if (follows && changed === null && row !== null && row.version !== seen?.version) setState(begun(row));
  return { opened: first, changed, save, act, restart: () => setState(begun<Row>(null)) };

  async function save<Body extends object, T>(
    body: Body,
    write: (header: IfVersion, changes: Partial<Body>, seen: Row) => Promise<T>,
  ): Promise<T | undefined> {
    const changes = changesOf(first ?? {}, body);
    return Object.keys(changes).length === 0 ? undefined : act((header, now) => write(header, changes, now));
  }

  async function act<T>(work: (header: IfVersion, now: Row) => Promise<T>): Promise<T> {
    if (first === null || seen === null) throw new Error('What is new has no version');
    try {
      const done = await work(ifVersion(seen.version), seen);
      setState({ first, seen, changed: null });
      return done;
    } catch (error) {
      if (!isStale(error)) throw error;
      void refresh?.();
      const now = await read();
      if (now) setState({ first, seen: now, changed: differences(first, now) });
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

function begun<Row>(row: Row | null) {
  return { first: row, seen: row, changed: null as readonly ChangedField[] | null };
}

interface NotSavedProps {
  error: unknown;
  form: Pick<VersionedForm, 'changed'> | undefined;
  /** Nothing is written, something is done with all of it: `form.act`. */
  isAct?: boolean;
}

/** Why it was not saved: what others changed meanwhile, or what the server says. */
export function NotSaved({ error, form, isAct = false }: NotSavedProps) {
  const { t } = useTranslation();
  const changed = form?.changed ?? null;
  if (!isStale(error) || changed === null)
    return (
      <div ref={intoView} style={{ scrollMarginBottom: ABOVE_BUTTONS }}>
        <Failure error={error} />
      </div>
    );
  const said = isAct ? 'meanwhile.act' : changed.length > 0 ? 'meanwhile.text' : 'meanwhile.other';
  return (
    <Alert
      ref={intoView}
      style={{ scrollMarginBottom: ABOVE_BUTTONS }}
      color="yellow"
      role="alert"
      title={t('meanwhile.title')}
    >
      <Stack gap={4}>
        {changed.map(({ label, now }) => (
          <Text key={label} size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {t('meanwhile.field', { label, now: shown(now) })}
          </Text>
        ))}
        <Text size="sm">{t(said)}</Text>
      </Stack>
    </Alert>
  );

  function shown(now: ChangedField['now']): string {
    if (typeof now === 'boolean') return t(now ? 'meanwhile.on' : 'meanwhile.off');
    return now ?? t('meanwhile.empty');
  }
}

/** It stands at the end of a form, which may be long. */
function intoView(shown: HTMLElement | null): void {
  // What stands at its field is seen there.
  if (shown && shown.offsetHeight > 0) shown.scrollIntoView({ block: 'nearest' });
}

function changesOf<Body extends object>(first: object, body: Body): Partial<Body> {
  const before = new Map<string, unknown>(Object.entries(first));
  const different = Object.entries(body).filter(([field, value]) => !isSame(before.get(field), value));
  return Object.fromEntries(different) as Partial<Body>;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

/** Names of an object come in any order. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, ordered(one)] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
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
