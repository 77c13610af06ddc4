/** Workflows of a person, made by the API, so that a test in a browser begins where it has to. */
import assert from 'node:assert/strict';
import type { Person } from '#test/support/accounts.ts';
import { definitionOf } from '../../plugins/workflows/support.ts';

const WORKFLOWS = '/api/platform/workflows';

/** Publishes `do:` and what stands beside it, in YAML without the document. */
export async function publish({ http }: Person, name: string, body: string, version = '1.0.0'): Promise<void> {
  const definition = definitionOf(name, body).replace("version: '1.0.0'", `version: '${version}'`);
  const answer = await http.post(WORKFLOWS, { definition });
  assert.equal(answer.status, 201, answer.text);
}

/** Starts it, and gives the id of the execution when that has come to an end, or rests. */
export async function run({ http }: Person, name: string, input: unknown = {}): Promise<string> {
  const { status, body, text } = await http.post(`${WORKFLOWS}/test/${name}/executions`, { input });
  assert.ok(status < 300, text);
  for (;;) {
    const { status: now } = (await http.get(`/api/platform/executions/${body.id}`)).body;
    if (now !== 'pending' && now !== 'running') return body.id;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
