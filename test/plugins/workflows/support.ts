/** Workflows for tests: publish one, run it, look at it. */
import { eraseWorkflowsOfTenant } from '#plugins/workflows/executions/erasure.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import type { Answer, Client } from '#test/support/client.ts';
import { startPlatform, type TestOptions, type TestPlatform } from '#test/support/harness.ts';

export interface Bench {
  app: TestPlatform;
  admin: Client;
  /** Publishes `do:` and what stands beside it, in YAML without the document. */
  publish(name: string, body: string): Promise<Answer>;
  /** Starts and waits for the end. */
  run(name: string, input?: unknown, more?: object): Promise<any>;
  start(name: string, input?: unknown, more?: object): Promise<string>;
  /** What the execution is now. */
  look(id: string): Promise<any>;
  /** Removes all workflows with their executions: the next test finds none. */
  clear(): Promise<void>;
  /** Looks until it is so. */
  until(id: string, isSo: (execution: any) => boolean | Promise<boolean>): Promise<any>;
}

export async function startBench(options: TestOptions = {}): Promise<Bench> {
  const { plugins = {}, ...rest } = options;
  const app = await startPlatform({
    plugins: { auth: authConfig, workflows: {}, ...(plugins as object) },
    config: { http: { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: false } } },
    ...rest,
  });
  return benchOf(app);
}

export function benchOf(app: TestPlatform): Bench {
  const admin = app.http.bearer(ROOT_TOKEN);
  const base = '/api/platform/workflows';
  const ok = (answer: Answer): any => {
    if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const look = async (id: string): Promise<any> => ok(await admin.get(`/api/platform/executions/${id}`));
  return {
    app,
    admin,
    look,
    async publish(name, body) {
      const answer = await admin.post(base, { definition: definitionOf(name, body) });
      if (answer.status !== 201) throw new Error(`publishing answered ${answer.status}: ${answer.text}`);
      return answer;
    },
    run: async (name, input = {}, more = {}) =>
      ok(await admin.post(`${base}/test/${name}/executions?wait=20`, { input, ...more })),
    start: async (name, input = {}, more = {}) =>
      ok(await admin.post(`${base}/test/${name}/executions`, { input, ...more })).id,
    async clear() {
      const { db, jobs, workflowEngine } = app.services;
      for (const tenantId of await db.read('workflows_workflows').distinct('tenant_id').pluck('tenant_id'))
        await eraseWorkflowsOfTenant(app.services, tenantId);
      await workflowEngine.idle();
      await jobs.idle();
    },
    async until(id, isSo) {
      for (let tries = 0; tries < 4_000; tries++) {
        const execution = await look(id);
        if (await isSo(execution)) return execution;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`It never came to that: ${JSON.stringify(await look(id))}`);
    },
  };
}

export function definitionOf(name: string, body: string): string {
  const head = `document:\n  dsl: '1.0.0'\n  namespace: test\n  name: ${name}\n  version: '1.0.0'\n`;
  // A body may bring metadata of its own as its first line: `# metadata: {...}`.
  const metadata = /^# metadata: (.+)$/m.exec(body)?.[1];
  return `${head}${metadata ? `  metadata: ${metadata}\n` : ''}${body}`;
}
