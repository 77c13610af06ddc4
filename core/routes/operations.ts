/** Long work: what runs, how far it is, what became of it; and the way to cancel it. */
import Type from 'typebox';
import { route } from '../http/route.ts';
import { listRoute } from '../lists/list.ts';
import {
  inStates,
  type OperationRow,
  OperationView,
  operationView,
  STATES,
  visibleTo,
} from '../operations/operation-row.ts';

const Id = Type.Object({ id: Type.String({ maxLength: 36 }) });

export const longWorkRoutes = [
  listRoute({
    path: '/api/platform/operations',
    access: 'user',
    tag: 'operations',
    summary: 'Long work, newest first: your own, for owners and admins that of the tenant, for super-admins all',
    item: OperationView,
    columns: {
      kind: { type: 'text', filter: 'equals' },
      state: {
        type: 'text',
        filter: 'equals',
        values: STATES,
        narrow: (rows, wanted, { clock }) => inStates(rows, wanted, clock.now()),
      },
      begun_at: { type: 'time', filter: 'range', sort: true },
    },
    rows: ({ principal }, { db }) => visibleTo(db.read('core_operations').select('*'), principal),
    items: (rows: OperationRow[], { clock }) => rows.map((row) => operationView(row, clock.now())),
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
