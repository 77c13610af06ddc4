/** Calls that show what a key does, for who tries it from a program. */

type Words = (key: string) => string;

/** Who the key calls as, and what it may, as far as its scopes let it ask; any key finds what the server offers. */
export function keyCalls(t: Words, { id, scopes }: { id: string; scopes: readonly string[] | null }) {
  const may = (scope: string) => scopes === null || scopes.includes(scope);
  const rights = `/api/platform/auth/api-keys/${encodeURIComponent(id)}/rights`;
  const calls = [
    ...(may('account:read') ? [{ about: t('key.tryMe'), path: '/api/platform/me' }] : []),
    ...(may('settings:manage') ? [{ about: t('key.tryRights'), path: rights }] : []),
  ];
  const shown = calls.length > 0 ? calls : [{ about: t('key.tryFunctions'), path: '/openapi.json' }];
  return shown.map((call) => ({ ...call, method: 'GET', by: 'key' }) as const);
}
