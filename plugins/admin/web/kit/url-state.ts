/** What a page shows stands in its address: filters, order, the open part. So it can be sent, kept and gone back to. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type UrlState = Readonly<Record<string, string>>;
export type SetUrlState = (changes: Readonly<Record<string, string | null>>, how?: { replace?: boolean }) => void;

/** The query of the address as texts, and what changes parts of it: null takes one away. */
export function useUrlState(): [UrlState, SetUrlState] {
  const state: UrlState = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = useCallback<SetUrlState>(
    (changes, { replace = true } = {}) =>
      void navigate({
        to: '.',
        replace,
        resetScroll: false,
        search: (former: Record<string, string>) => without({ ...former, ...changes }),
      } as never),
    [navigate],
  );
  return [state, set];
}

/** `?status=dead&sort=-created_at` and nothing cleverer: people write these by hand. */
export function parseQuery(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

export function queryText(state: Readonly<Record<string, unknown>>): string {
  const text = new URLSearchParams(without(state)).toString();
  return text === '' ? '' : `?${text}`;
}

function without(state: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) =>
      value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  );
}
