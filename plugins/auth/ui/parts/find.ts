/** People and organisations for the palette, by any part of their names. */
import { type FoundRecord, readRows } from 'patchbay-platform/ui';

const MOST = 4;

export async function findPeople(
  search: string,
  signal: AbortSignal,
  may: (entry: string) => boolean,
): Promise<readonly FoundRecord[]> {
  const wish = { query: { search }, limit: MOST };
  const [people, organisations] = await Promise.all([
    may('auth.users') ? readRows('/api/platform/auth/users', wish, signal) : [],
    may('auth.tenants') ? readRows('/api/platform/auth/tenants', wish, signal) : [],
  ]);
  return [
    ...people.map(({ id, full_name, username, email }) => ({
      title: full_name || username || email || id,
      ...(email && { description: email }),
      path: `/settings/people/${id}`,
    })),
    ...organisations.map(({ id, name }) => ({ title: name, path: `/organisations/${id}` })),
  ];
}
