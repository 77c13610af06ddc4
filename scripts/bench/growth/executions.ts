/** Executions of a hundred workflows of ten tenants, nearly all of which are over. */
import { fill, oneOf, spellingOf } from './filling.ts';
import type { Part } from './parts.ts';

export const executions: Part = {
  async fill({ services: { db }, count }) {
    const { uuid } = spellingOf(db);
    const now = Date.now();
    const at = `${now} - (${count} - i) * 1000`;
    await fill(db, 'workflows_workflows', 100, {
      tenant_id: uuid('i % 10', 1),
      namespace: `'bench'`,
      name: `'flow-' || i`,
      enabled: 0,
      created_at: now,
      updated_at: now,
    });
    await fill(db, 'workflows_definitions', 100, {
      workflow_id: 'i',
      version: `'1.0.0'`,
      revision: 1,
      source: `'{}'`,
      definition: `'{}'`,
      created_at: now,
    });
    await fill(db, 'workflows_executions', count, {
      id: uuid('i', 7),
      workflow_id: '1 + (i % 100)',
      definition_id: '1 + (i % 100)',
      tenant_id: uuid('(1 + (i % 100)) % 10', 1),
      status: oneOf('i', ...Array(997).fill('completed'), 'faulted', 'cancelled', 'cancelled'),
      input: `'{}'`,
      output: `'{}'`,
      origin: `'{"kind":"manual"}'`,
      created_at: at,
      started_at: at,
      ended_at: at,
      log: `'[]'`,
    });
  },
  measured({ get, cron, count }) {
    const list = '/api/platform/executions';
    const time = (share: number): string => new Date(Date.now() - count * 1000 * share).toISOString();
    return [
      { what: 'executions: list', run: () => get(list) },
      { what: 'executions: by a rare status', run: () => get(`${list}?status=faulted`) },
      { what: 'executions: by a status that none has', run: () => get(`${list}?status=waiting`) },
      {
        what: 'executions: by time',
        run: () => get(`${list}?created_at_from=${time(0.9)}&created_at_to=${time(0.89)}`),
      },
      { what: 'executions: by time, nothing', run: () => get(`${list}?created_at_to=2001-01-01T00:00:00Z`) },
      { what: 'executions: of a workflow', run: () => get(`${list}?namespace=bench&name=flow-7`) },
      {
        what: 'executions: of a workflow, faulted',
        run: () => get(`${list}?namespace=bench&name=flow-98&status=faulted`),
      },
      { what: 'executions: by correlation', run: () => get(`${list}?correlation=none`) },
      {
        what: 'executions: log of one',
        run: () => get('/api/platform/executions/70000000-0000-7000-8000-000000000777/tasks'),
      },
      { what: 'workflows: list', run: () => get('/api/platform/workflows') },
      { what: 'workflows: schedules', run: () => get('/api/platform/workflow-schedules') },
      { what: 'workflows: secrets', run: () => get('/api/platform/workflow-secrets') },
      { what: 'cron: workflows.prune', times: 3, run: () => cron('workflows.prune') },
    ];
  },
};
