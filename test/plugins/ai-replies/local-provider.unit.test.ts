/** A provider on the operator's own network: reached because the configuration names it, and by nobody else's wish. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { say, startAnswers } from './answers-support.ts';

const AI = '/api/platform/ai';

describe('a provider of the operator’s network', () => {
  it('answers robots without being opened to anybody else', async () => {
    const asked: string[] = [];
    const service = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('a secret of the machine');
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const answers = await startAnswers({ config: { http: { rateLimit: { enabled: false } } } });
    try {
      answers.says('Five euros.');
      const { owner, robot } = await answers.tenant();
      assert.deepEqual(await say(answers, robot, 'What does it cost?'), ['Five euros.']);

      const places = [answers.mock.url, `http://127.0.0.1:${(service.address() as AddressInfo).port}`];
      const before = answers.asked().length;
      const { id } = (await owner.http.post(`${AI}/bases`, { name: 'base' })).body;
      for (const place of places) {
        const own = { kind: 'openai-compatible', name: 'own', base_url: `${place}/v1`, model: 'm', api_key: 'k' };
        const refusals = [
          await owner.http.post(`${AI}/providers`, own),
          await owner.http.post(`${AI}/documents`, { base_id: id, name: 'page', url: `${place}/admin` }),
        ];
        for (const { status, body, text } of refusals) {
          assert.ok(status === 400 || status === 422, text);
          assert.match(body.title, /may not (be read|be reached|call)/, text);
        }
      }
      assert.deepEqual([asked, answers.asked().length], [[], before]);
    } finally {
      service.close();
      await answers.stop();
    }
  });
});
