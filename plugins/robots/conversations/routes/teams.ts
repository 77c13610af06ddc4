/** Teams and labels of a tenant. */

import Type from 'typebox';
import { isoTime, TENANT_ADMINS } from '#core/kit.ts';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned, versionOf } from '#core/plugin.ts';
import { ROBOTS_MANAGE, ROBOTS_READ } from '../../access.ts';
import { Named } from '../assignee.ts';
import type { ConversationsScope } from '../services.ts';
import type { LabelRow, TeamRow } from '../tables.ts';

const ADMINISTER = { ...ROBOTS_MANAGE, roles: TENANT_ADMINS } as const;
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });
const Name = Type.String({ minLength: 1, maxLength: 100 });
const Members = Type.Optional(
  Type.Array(Type.String({ maxLength: 40 }), { maxItems: 200, description: 'Ids of people of the tenant' }),
);

const TeamView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  members: Type.Array(Named),
  created_at: Type.String(),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

export const teamRoutes = [
  listRoute({
    path: '/api/platform/robots/teams',
    access: ROBOTS_READ,
    summary: 'Teams, newest first',
    item: TeamView,
    columns: {},
    rows: ({ principal }, { db }: ConversationsScope) =>
      db.read('robots_teams').where({ tenant_id: principal.tenantId }),
    items: (rows: TeamRow[], services) => viewsOf(rows, services as ConversationsScope),
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/teams',
    access: ADMINISTER,
    summary: 'A new team',
    body: Type.Object({ name: Name, members: Members }),
    responses: { 201: TeamView },
    async handler({ body, principal }, services: ConversationsScope) {
      const team = await services.inboxTeams.create(principal.tenantId, body);
      return versioned(team, (await viewsOf([team], services))[0], 201);
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/robots/teams/{id}',
    access: ADMINISTER,
    summary: 'Its name, and who belongs to it',
    params: Id,
    body: Type.Object({ name: Type.Optional(Name), members: Members }),
    requestHeaders: IF_MATCH,
    responses: { 200: TeamView },
    async handler({ params, body, principal, ctx }, services: ConversationsScope) {
      const team = await services.inboxTeams.change(principal.tenantId, params.id, body, preconditionOf(ctx));
      return versioned(team, (await viewsOf([team], services))[0]);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/robots/teams/{id}',
    access: ADMINISTER,
    summary: 'Removes a team; its conversations have none then',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal }, { inboxTeams }: ConversationsScope) {
      await inboxTeams.remove(principal.tenantId, params.id);
      return reply(204);
    },
  }),
  listRoute({
    path: '/api/platform/robots/labels',
    access: ROBOTS_READ,
    summary: 'Labels that conversations have had, newest first',
    item: Type.Object({ name: Type.String() }),
    columns: { name: { type: 'text', filter: 'prefix', sort: true } },
    rows: ({ principal }, { db }: ConversationsScope) =>
      db.read('robots_labels').where({ tenant_id: principal.tenantId }),
    items: (rows: LabelRow[]) => rows.map(({ name }) => ({ name })),
  }),
];

async function viewsOf(rows: readonly TeamRow[], { inboxTeams }: ConversationsScope) {
  const members = await inboxTeams.membersOf(rows.map(({ id }) => id));
  return rows.map((row) => ({
    id: row.uuid,
    name: row.name,
    members: members.get(row.id) ?? [],
    created_at: isoTime(row.created_at),
    version: versionOf(row),
  }));
}
