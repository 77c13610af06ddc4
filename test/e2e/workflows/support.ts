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

/** Starts it, waits for the end or until it rests, and gives the id of the execution. */
export async function run({ http }: Person, name: string, input: unknown = {}, seconds = 20): Promise<string> {
  const answer = await http.post(`${WORKFLOWS}/test/${name}/executions?wait=${seconds}`, { input });
  assert.ok(answer.status < 300, answer.text);
  return answer.body.id;
}
