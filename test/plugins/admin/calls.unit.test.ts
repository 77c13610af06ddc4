/** The calls that a page has made, as commands that anybody may see who looks at the screen. */
import assert from 'node:assert/strict';
import { asCurl, withoutSecrets } from '../../../plugins/admin/web/client/call.ts';

const API = 'https://example.com/api/platform';

function shown(path: string, body: string): string {
  return asCurl(withoutSecrets({ method: 'POST', url: `${API}${path}`, body, status: 200 }));
}

describe('the calls behind a page', () => {
  it('are commands that do the same', () => {
    assert.match(shown('/mail/mailboxes', '{"local":"ada"}'), /-X POST .*-d '\{"local":"ada"\}'$/);
  });

  it('hold no secret that was written into a form', () => {
    for (const field of ['password', 'new_password', 'otp', 'token', 'client_secret', 'credential'])
      assert.doesNotMatch(shown('/auth/session', JSON.stringify({ ada: { [field]: 'hunter2' } })), /hunter2/, field);
    assert.doesNotMatch(shown('/workflow-secrets/smtp', '{"value":"hunter2"}'), /hunter2/);
  });

  it('hold no files', () => {
    assert.ok(shown('/mail/sent', JSON.stringify({ files: ['x'.repeat(1_000_000)] })).length < 1_000);
  });
});
