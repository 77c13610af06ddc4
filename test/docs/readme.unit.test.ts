/** README's walk from a mail to the API works as printed. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { runBlock, shellBlocks } from '../support/documents.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

describe('README', () => {
  let patchbay: TestPlatform;
  before(async () => {
    const [, config = ''] = shellBlocks('README.md', 'Start');
    const yaml = /<<'YAML'\n([\s\S]*?)^YAML$/m.exec(config)?.[1] ?? '';
    const { plugins } = parse(yaml);
    patchbay = await startPlatform({
      plugins: {
        ...plugins,
        auth: { ...plugins.auth, registration: 'invite' },
        mail: { smtp: { port: 0 } },
        licensing: {},
        workflows: {},
      },
    });
  });
  after(() => patchbay.stop());

  it('leads from a mail to the API', async () => {
    const [send = '', read = '', person = ''] = shellBlocks('README.md', 'From a mail to the API');
    await runBlock(patchbay, send);
    const answers = await runBlock(patchbay, read);
    assert.match(answers, /"sender":"shop@sender\.example"/);
    assert.match(answers, /"verification_code":"482913"/);
    assert.match(answers, /^Subject: Welcome\r$/m);
    const made = await runBlock(patchbay, person);
    assert.match(made, /"email":"[a-z0-9]{8}@example\.com"/);
    assert.match(made, /"raw_key":"mf_/);
  }).timeout(60_000);

  it('leads from a mail to a licence', async () => {
    const [order = '', look = ''] = shellBlocks('README.md', 'From a mail to a licence');
    await runBlock(patchbay, order);
    const found = await runBlock(patchbay, look);
    assert.match(found, /"reference":"\/do\/2\/licence","instance":"","status":"completed"/);
    assert.match(found, /"answered":"ada@customer\.example"/);
    assert.match(found, /"email":"ada@customer\.example","plan":"yearly"/);
  }).timeout(60_000);

  it('leaves no door open to strangers, and nobody without credentials starts the workflow that it published', async () => {
    assert.deepEqual(await patchbay.platform.openDoors(), []);
    const made = [{ data: { message_id: 1, mailbox: 'orders@example.com', received_at: 0 } }];
    const answer = await patchbay.http.post('/hooks/examples/licence-by-mail?wait=5', made);
    assert.equal(answer.status, 404);
  });
});
