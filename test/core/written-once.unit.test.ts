/** Secrets and certificates that several processes make at one moment are the same for all of them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSignedIn } from '#core/certificates/self-signed.ts';
import { createSecrets } from '#core/security/secrets.ts';
import { writtenOnce } from '#core/write-once.ts';
import { ROOT } from '#test/support/command-line.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'patchbay-once-'));

describe('a file that is made once', () => {
  it('is the first one for everybody, and leaves nothing beside it', () => {
    const home = folder();
    const file = join(home, 'one');
    assert.equal(writtenOnce(file, 'first', 0o600), 'first');
    assert.equal(writtenOnce(file, 'second', 0o600), 'first');
    assert.deepEqual(readdirSync(home), ['one']);
  });

  it('is the same secret for processes that start at the same millisecond', async () => {
    const script = `
      import { createSecrets } from ${JSON.stringify(join(ROOT, 'core/security/secrets.ts'))};
      const [dataDir, at] = process.argv.slice(1);
      while (Date.now() < Number(at));
      console.log(createSecrets({ dataDir, env: {} }).fingerprint);`;
    const homes = [folder(), folder(), folder()];
    const at = Date.now() + 1_500;
    for (const home of homes) {
      const outputs = await Promise.all(
        [1, 2].map(async () => {
          const child = spawn(process.execPath, ['--input-type=module', '-e', script, home, String(at)], { cwd: ROOT });
          let out = '';
          child.stdout.on('data', (chunk) => {
            out += chunk;
          });
          await new Promise((resolve) => child.once('exit', resolve));
          return out.trim();
        }),
      );
      assert.equal(new Set(outputs).size, 1);
      assert.equal(outputs[0], createSecrets({ dataDir: home, env: {} }).fingerprint);
    }
  }).timeout(30_000);

  it('is a certificate with its key, whoever made them', async () => {
    const home = folder();
    const made = await Promise.all([1, 2, 3].map(() => selfSignedIn(join(home, 'http.pem'), 'mail.example')));
    assert.equal(new Set(made.map(({ key }) => key)).size, 1);
    assert.equal(new Set(made.map(({ cert }) => cert)).size, 1);
    const { createSecureContext } = await import('node:tls');
    createSecureContext(made[0]!);
    assert.deepEqual(readdirSync(home), ['http.pem']);
  });
});
