/** Teams, and the people that conversations are given to. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type RowOf, readRows, useMay, useMe, useRows } from 'patchbay-platform/ui';

export const TEAMS = '/api/platform/robots/teams';
export const TEAM = '/api/platform/robots/teams/{id}';
const PEOPLE = '/api/platform/auth/users';
export type Team = RowOf<typeof TEAMS>;
export type Colleague = Team['members'][number];

/** People of the organisation whom a search finds, for those who may see them; for others the members of teams. */
export function useColleagues(search = ''): readonly Colleague[] {
  const maySee = useMay()('auth.users');
  const { tenant } = useMe();
  const { data: teams = [] } = useRows(TEAMS);
  const query = { tenant_id: tenant?.id ?? '', status: 'active', ...(search !== '' && { search }) };
  const { data } = useQuery({
    queryKey: ['get', PEOPLE, 'colleagues', query],
    enabled: maySee && tenant !== null,
    queryFn: ({ signal }) => readRows(PEOPLE, { query }, signal),
  });
  if (!maySee) return [...new Map(teams.flatMap(({ members }) => members).map((one) => [one.id, one])).values()];
  return (data ?? []).map(({ id, full_name, username, email }) => ({ id, name: full_name ?? email ?? username ?? id }));
}

/** Conversations bear the names of their teams. */
export function useReadTeamsAgain(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['get', TEAMS] });
}
