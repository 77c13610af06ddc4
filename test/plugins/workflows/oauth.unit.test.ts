/** What servers of tokens may answer. */
import assert from 'node:assert/strict';
import { tokenOf } from '#plugins/workflows/engine/calls/oauth.ts';

describe('a server of tokens', () => {
  const asked: { url: string; maxBytes: number }[] = [];
  const tokenFrom = (bodies: Record<string, string>, scheme = 'oauth2') => {
    const outbound = {
      async request(url: string, { maxBytes }: { maxBytes: number }) {
        asked.push({ url, maxBytes });
        const body = bodies[new URL(url).pathname] ?? '';
        return { status: 200, headers: {}, json: () => JSON.parse(body) };
      },
    };
    const run = { execution: { tenant_id: 'a' }, world: { services: { outbound, clock: { now: () => 0 } } } };
    const call: any = { run, frame: { signal: new AbortController().signal } };
    return tokenOf(call, scheme, { authority: 'http://a', endpoints: { token: '/token' }, client: { id: 'i' } });
  };

  it('that gives no JSON is refused without a word of what it gave', async () => {
    for (const body of ['tok-abc-secret', '"tok-abc-secret"', 'null', '["tok-abc-secret"]']) {
      await assert.rejects(tokenFrom({ '/token': body }), (error: Error) => {
        assert.match(error.message, /The token endpoint answered 200/);
        assert.doesNotMatch(error.message, /tok-/);
        return true;
      });
    }
    await assert.rejects(
      tokenFrom({ '/.well-known/openid-configuration': 'tok-abc-secret' }, 'oidc'),
      /does not say where its tokens are/,
    );
  });

  it('is asked for no more than is soon read', async () => {
    asked.length = 0;
    const bodies = { '/.well-known/openid-configuration': '{"token_endpoint":"http://a/token"}' };
    assert.equal(await tokenFrom({ ...bodies, '/token': '{"access_token":"tok-abc"}' }, 'oidc'), 'tok-abc');
    assert.deepEqual(asked, [
      { url: 'http://a/.well-known/openid-configuration', maxBytes: 256 * 1024 },
      { url: 'http://a/token', maxBytes: 256 * 1024 },
    ]);
  });
});
