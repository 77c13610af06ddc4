/** Long work: what runs, how far it is, what became of it; and the way to cancel it. */
import Type from 'typebox';
import { CursorQuery } from '../database/pagination.ts';
import { route } from '../http/route.ts';
import { OperationView } from '../operations/operation-row.ts';

const Id = Type.Object({ id: Type.String({ maxLength: 36 }) });

export const longWorkRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/operations',
    access: 'user',
    tag: 'operations',
    summary: 'Long work, newest first: your own, for owners and admins that of the tenant, for super-admins all',
    query: Type.Object({
      ...CursorQuery,
      kind: Type.Optional(Type.String({ maxLength: 100 })),
      state: Type.Optional(OperationView.properties.state),
    }),
    responses: {
      200: Type.Object({ items: Type.Array(OperationView), next_cursor: Type.Union([Type.String(), Type.Null()]) }),
    },
    handler: ({ principal, query }, { operations }) => operations.list(principal, query),
  }),
  route({
    method: 'GET',
    path: '/api/platform/operations/{id}',
    access: 'user',
    tag: 'operations',
    summary: 'One piece of long work; the live topic `operation.changed/{id}` tells of its progress',
    params: Id,
    responses: { 200: OperationView },
    handler: ({ principal, params }, { operations }) => operations.find(principal, params.id),
  }),
  route({
    method: 'POST',
    path: '/api/platform/operations/{id}/cancel',
    access: 'user',
    tag: 'operations',
    summary: 'Asks it to stop; 409 when it cannot be cancelled or has ended',
    params: Id,
    responses: { 202: OperationView },
    handler: ({ principal, params }, { operations }) => operations.cancel(principal, params.id),
  }),
];
