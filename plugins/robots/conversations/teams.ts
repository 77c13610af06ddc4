/** Teams of a tenant, to which conversations are given. Tables: robots_teams, robots_team_members. */
import { isUniqueViolation } from '#core/kit.ts';
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { robotErrors } from '../errors.ts';
import { type Named, namedPerson } from './assignee.ts';
import type { TeamRow } from './tables.ts';

export interface TeamWish {
  name?: string;
  /** Ids of people of the tenant. */
  members?: readonly string[];
}

export interface Teams {
  /** Throws `TEAM_EXISTS`, `USER_NOT_FOUND`. */
  create(tenantId: string, wish: TeamWish & { name: string }): Promise<TeamRow>;
  /** Throws `TEAM_NOT_FOUND` and the same. */
  change(tenantId: string, uuid: string, wish: TeamWish, unchanged: Precondition): Promise<TeamRow>;
  /** Its conversations have none then. Throws `TEAM_NOT_FOUND`. */
  remove(tenantId: string, uuid: string): Promise<void>;
  /** People by team, of those who are still there. */
  membersOf(teams: readonly number[]): Promise<ReadonlyMap<number, Named[]>>;
}

export function createTeams({ db, clock, people }: Services & Pick<AuthServices, 'people'>): Teams {
  return {
    async create(tenantId, { name, members = [] }) {
      const numbers = await numbersOf(tenantId, members);
      return named(
        db.transaction(async (trx) => {
          const now = clock.now();
          const row = { uuid: crypto.randomUUID(), tenant_id: tenantId, name, created_at: now, updated_at: now };
          const [team] = await trx('robots_teams').insert(row).returning('*');
          if (!team) throw new Error('A team was not stored');
          await setMembers(trx, team.id, numbers);
          return team;
        }),
      );
    },
    async change(tenantId, uuid, { name, members }, unchanged) {
      const numbers = members && (await numbersOf(tenantId, members));
      return named(
        db.transaction(async (trx) => {
          const before = await find(trx, tenantId, uuid);
          unchanged(before);
          // A change of the members alone is another version too.
          const updated_at = Math.max(clock.now(), before.updated_at + 1);
          const patch = { ...(name !== undefined && { name }), updated_at };
          await trx('robots_teams').where({ id: before.id }).update(patch);
          if (numbers) await setMembers(trx, before.id, numbers);
          return { ...before, ...patch };
        }),
      );
    },
    remove: (tenantId, uuid) =>
      db.transaction(async (trx) => {
        const { id } = await find(trx, tenantId, uuid);
        await trx('robots_conversations').where({ tenant_id: tenantId, team: id }).update({ team: null });
        await trx('robots_teams').where({ id }).delete();
      }),
    async membersOf(teams) {
      const rows = await db.read('robots_team_members').whereIn('team', teams).orderBy('user_id');
      const found = new Map<number, Named[]>(teams.map((team) => [team, []]));
      for (const { team, user_id } of rows) {
        const user = await people.userById(user_id);
        if (user) found.get(team)?.push(namedPerson(user));
      }
      return found;
    },
  };

  async function find(trx: Transaction, tenantId: string, uuid: string): Promise<TeamRow> {
    const team = await trx('robots_teams').where({ uuid, tenant_id: tenantId }).forUpdate().first();
    if (!team) throw robotErrors.TEAM_NOT_FOUND();
    return team;
  }

  async function numbersOf(tenantId: string, members: readonly string[]): Promise<number[]> {
    const numbers: number[] = [];
    for (const uuid of new Set(members)) {
      const user = await people.userByUuid(uuid);
      const tenant = user && (await people.tenantById(user.tenant_id));
      if (!user || tenant?.uuid !== tenantId) throw robotErrors.USER_NOT_FOUND();
      numbers.push(user.id);
    }
    return numbers;
  }
}

async function setMembers(trx: Transaction, team: number, numbers: readonly number[]): Promise<void> {
  await trx('robots_team_members').where({ team }).delete();
  if (numbers.length > 0) await trx('robots_team_members').insert(numbers.map((user_id) => ({ team, user_id })));
}

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isUniqueViolation(error) ? robotErrors.TEAM_EXISTS() : error;
  }
}
