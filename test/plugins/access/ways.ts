/** The ways in by which a function can be called; each gives what came of it. */
import type { Answer, Client } from '#test/support/client.ts';

export type Outcome = { kind: 'done'; output: unknown } | { kind: 'refused' | 'failed'; why: string };
export type Way = (client: Client, name: string, input: unknown) => Promise<Outcome>;

const REFUSED = [401, 403];
let counter = 0;

function ofAnswer({ status, text, body }: Answer, output: (body: any) => unknown): Outcome {
  if (status < 300) return { kind: 'done', output: output(body) };
  return { kind: REFUSED.includes(status) ? 'refused' : 'failed', why: text };
}

/** An execution that has ended, or whose start was refused. */
function ofExecution(answer: Answer): Outcome {
  if (answer.status >= 300 || answer.body.status === 'completed') return ofAnswer(answer, (body) => body.output);
  const { error } = answer.body;
  return { kind: REFUSED.includes(error?.status) ? 'refused' : 'failed', why: answer.text };
}

export const WAYS: Record<string, Way> = {
  async route(client, name, input) {
    return ofAnswer(await client.post(`/api/platform/functions/${name}`, { input }), (body) => body.output);
  },
  async MCP(client, name, input) {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } };
    const answer = await client.post('/mcp', message, { accept: 'application/json, text/event-stream' });
    if (answer.status >= 300) return ofAnswer(answer, () => null);
    const { error, result } = answer.body;
    // A tool that one may not call is a tool that is not there.
    if (error) return { kind: error.code === -32602 ? 'refused' : 'failed', why: answer.text };
    if (!result.isError) return { kind: 'done', output: result.structuredContent };
    return {
      kind: /\((forbidden|insufficient_scope|may_not_send)\)/.test(answer.text) ? 'refused' : 'failed',
      why: answer.text,
    };
  },
  async workflow(client, name, input) {
    const document = { dsl: '1.0.0', namespace: 'access', name: `call-${++counter}`, version: '1.0.0' };
    const definition = { document, do: [{ step: { call: name, with: input } }] };
    const published = await client.post('/api/platform/workflows', { definition });
    if (published.status !== 201) return ofAnswer(published, () => null);
    return ofExecution(
      await client.post(`/api/platform/workflows/access/${document.name}/executions?wait=20`, { input: {} }),
    );
  },
  async 'try-task'(client, name, input) {
    const task = { call: name, with: input };
    return ofExecution(await client.post('/api/platform/workflows/try-task?wait=20', { task }));
  },
};

/** What these two ask of the caller on their own, besides the function. */
export const ASKED_BY_WAY: Record<string, { scopes: string[]; roles: string[] }> = {
  workflow: { scopes: ['workflows:manage', 'workflows:run'], roles: ['owner', 'admin', 'superadmin'] },
  'try-task': { scopes: ['workflows:manage'], roles: ['owner', 'admin', 'superadmin'] },
};
