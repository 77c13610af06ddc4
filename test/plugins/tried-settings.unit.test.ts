/** Settings of plugins are tried against what they name, before they are saved, and say in words what came of it. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '#core/testing/client.ts';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

interface Finding {
  ok: boolean;
  text: string;
}

describe('trying settings', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let admin: Client;
  let server: Server;
  let url: string;
  const asked: { path: string; body: string; key: string | undefined }[] = [];

  before(async () => {
    server = createServer(async (request, response) => {
      const body = await textOf(request);
      asked.push({ path: request.url ?? '', body, key: request.headers.authorization });
      const answer = answerTo(request.url ?? '');
      if (request.headers.authorization === 'Bearer wrong' || answer === null)
        return void response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const mail = { smtp: { enabled: false }, dnsServers: ['127.0.0.1:9'] };
    const plugins = { auth: authConfig, mail, billing: {}, robots: {}, 'ai-replies': { retries: 0 } };
    app = await startPlatform({ plugins });
    ({ http: admin } = await signInAdmin(app));
  });
  after(async () => {
    await app.stop();
    server.close();
    takeWarnings();
  });

  function answerTo(path: string): unknown {
    if (path === '/v1/embeddings') return { data: [0, 1].map((index) => ({ index, embedding: [0.6, 0.8, 0] })) };
    if (path === '/rerank') return { results: [1, 0].map((index) => ({ index, relevance_score: index })) };
    if (path === '/.well-known/openid-configuration') return { issuer: url };
    if (path === '/other/.well-known/openid-configuration') return { issuer: url };
    if (path === '/v1/balance')
      return { object: 'balance', livemode: false, available: [{ currency: 'eur', amount: 0 }] };
    return path === '/sms' ? {} : null;
  }

  async function tried(area: string, values: object, target = ''): Promise<Finding[]> {
    const path = `/api/platform/server/settings/${area}/test`;
    const { status, body, text } = await admin.post(path, { values, target });
    assert.equal(status, 200, text);
    return body.findings;
  }

  it('asks the models of meaning and of order, with their keys', async () => {
    const embedding = { baseUrl: `${url}/v1`, apiKey: 'right', model: 'bge' };
    const rerank = { url: `${url}/rerank`, apiKey: 'right', model: 'jina' };
    const values = { 'plugins.ai-replies.embedding': embedding, 'plugins.ai-replies.rerank': rerank };
    assert.deepEqual(await tried('ai', values), [
      { ok: true, text: 'Embedding: bge gives vectors of 3 dimensions' },
      { ok: true, text: 'Reranking: jina puts passages in order' },
    ]);
    assert.equal(asked.at(-1)?.key, 'Bearer right');
    const [wrong] = await tried('ai', { 'plugins.ai-replies.embedding': { ...embedding, apiKey: 'wrong' } });
    assert.equal(wrong?.ok, false);
    const [none] = await tried('ai', {});
    assert.match(none?.text ?? '', /nothing to try/);
  });

  it('sends a code to a phone by the gateway', async () => {
    const webhook = { transport: 'webhook', webhook: { url: `${url}/sms` } };
    const [sent] = await tried('sms', { 'plugins.auth.sms': webhook }, '+4930123456');
    assert.deepEqual(sent, { ok: true, text: 'The gateway answered with status 200' });
    assert.equal(JSON.parse(asked.at(-1)?.body ?? '{}').phone, '+4930123456');
    const [log] = await tried('sms', {}, '+4930123456');
    assert.match(log?.text ?? '', /reach no phone/);
  });

  it('reads what providers of identities say of themselves', async () => {
    const provider = (issuer: string) => ({ issuer, clientId: 'c', clientSecret: 's' });
    const values = { 'plugins.auth.oidc': { right: provider(url), wrong: provider(`${url}/other`) } };
    const [right, wrong] = await tried('single-sign-on', values);
    assert.deepEqual([right?.ok, wrong?.ok], [true, false]);
    assert.match(wrong?.text ?? '', /answered with the issuer/);
  });

  it('asks Stripe whose the key is', async () => {
    const stripe = { secretKey: 'sk_test_1', webhookSecret: 'whsec_1', apiBase: url };
    const values = { 'plugins.billing.provider': 'stripe', 'plugins.billing.stripe': stripe };
    assert.deepEqual(await tried('payments', values), [{ ok: true, text: 'Stripe knows the key (test mode; EUR)' }]);
    const [silent] = await tried('payments', {});
    assert.equal(silent?.ok, false);
    assert.match(silent?.text ?? '', /not told how to pay/);
    const told = await tried('payments', { 'plugins.billing.manual.instructions': 'Send it to DE12 3456' });
    assert.match(told[0]?.text ?? '', /by hand/);
  });

  it('says of which domains records are missing', async () => {
    const [found] = await tried('domains', { 'plugins.mail.domains': ['acme-company.com'] });
    assert.equal(found?.ok, false);
    assert.match(found?.text ?? '', /^acme-company\.com: MX, SPF, DKIM, DMARC not published/);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
