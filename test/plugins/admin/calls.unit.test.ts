/** The calls that a page has made, as commands that anybody may see who looks at the screen. */
import assert from 'node:assert/strict';
import { asCurl, withoutSecrets } from '../../../plugins/admin/web/client/call.ts';

const API = 'https://example.com/api/platform';

function shown(path: string, body: string, secretFields: readonly string[] = []): string {
  return asCurl(withoutSecrets({ method: 'POST', url: `${API}${path}`, body, status: 200 }, new Set(secretFields)));
}

describe('the calls behind a page', () => {
  it('are commands that do the same', () => {
    assert.match(shown('/mail/mailboxes', '{"local":"ada"}'), /-X POST .*-d '\{"local":"ada"\}'$/);
  });

  it('hold no secret that was written into a form', () => {
    for (const field of ['password', 'new_password', 'otp', 'token', 'client_secret', 'credential'])
      assert.doesNotMatch(shown('/auth/session', JSON.stringify({ ada: { [field]: 'hunter2' } })), /hunter2/, field);
    for (const field of ['api_key', 'secretKey', 'key', 'passphrase', 'pin', 'authorization', 'pwd', 'smtpPass'])
      assert.doesNotMatch(shown('/shop/boxes', JSON.stringify({ [field]: 'hunter2' })), /hunter2/, field);
    assert.doesNotMatch(shown('/workflow-secrets/smtp', '{"value":"hunter2"}'), /hunter2/);
  });

  it('hold nothing that the server has named as a secret', () => {
    assert.match(shown('/auth/totp/confirm', '{"code":"482913"}'), /482913/);
    assert.doesNotMatch(shown('/auth/totp/confirm', '{"code":"482913"}', ['code']), /482913/);
  });

  it('keep what only sounds like one', () => {
    assert.match(shown('/billing/usage', '{"idempotency_key":"order-7","aiMaxTokens":500}'), /order-7.*500/);
  });

  it('hold no files', () => {
    assert.ok(shown('/mail/sent', JSON.stringify({ files: ['x'.repeat(1_000_000)] })).length < 1_000);
  });
});
