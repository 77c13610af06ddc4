/** What the tests of knowledge do again and again. */
import assert from 'node:assert/strict';
import { type Person, register } from '#test/support/accounts.ts';
import type { Answer } from '#test/support/client.ts';
import { startPlatform, type TestOptions, type TestPlatform } from '#test/support/harness.ts';

export type KnowledgePlatform = TestPlatform;

export async function startKnowledge({
  settings = {},
  ...options
}: TestOptions & { settings?: object } = {}): Promise<KnowledgePlatform> {
  return startPlatform({
    plugins: { auth: { registration: 'open' }, robots: {}, 'ai-replies': settings },
    config: { http: { outbound: { allow: ['127.0.0.1'] } } },
    ...options,
  });
}

export interface Library {
  app: KnowledgePlatform;
  person: Person;
  base: string;
  /** Adds a text and waits until it was read. */
  text(text: string, name?: string): Promise<any>;
  /** The same with a file. */
  file(bytes: Buffer | string, name: string, type?: string): Promise<any>;
  find(text: string, wish?: object): Promise<any>;
}

/** A person, somebody new unless it is told who, with an empty knowledge base. */
export async function libraryOf(app: KnowledgePlatform, wish: object = {}, owner?: Person): Promise<Library> {
  const person = owner ?? (await register(app));
  const { http } = person;
  const { id: base } = await ok(http.post('/api/platform/ai/bases', { name: 'Shop', ...wish }));
  const read = async (id: string): Promise<any> => {
    await app.services.jobs.idle();
    return ok(http.get(`/api/platform/ai/documents/${id}`));
  };
  return {
    app,
    person,
    base,
    async text(text, name) {
      const document = { base_id: base, text, ...(name !== undefined && { name }) };
      return read((await ok(http.post('/api/platform/ai/documents', document))).id);
    },
    async file(bytes, name, type = 'application/octet-stream') {
      const path = `/api/platform/ai/bases/${base}/files?name=${encodeURIComponent(name)}`;
      return read((await ok(http.send('POST', path, bytes, { 'content-type': type }))).id);
    },
    find: (text, more) => ok(http.post('/api/platform/ai/search', { text, ...more })),
  };
}

export async function ok(answer: Promise<Answer>): Promise<any> {
  const { status, text, body } = await answer;
  assert.ok(status < 300, `${status}: ${text}`);
  return body;
}
