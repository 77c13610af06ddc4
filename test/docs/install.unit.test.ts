/**
 * The page of installing and that of certificates: every command stands in the list below with what runs it, files that they name
 * are there, and configurations are ones. A command that is written there and not here fails.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { parse } from 'yaml';
import { startPlatform } from '#test/support/harness.ts';
import { patchbay, ROOT } from '../support/command-line.ts';
import { shellBlocks, yamlBlock } from '../support/documents.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const TARBALL = `patchbay-platform-${version}.tgz`;
const DOCUMENTS = ['docs/install.md', 'docs/certificates.md'];

/** What runs a command, for each as printed. */
const RUN_BY: Record<string, string> = {
  [`sudo sh install.sh ${TARBALL}`]: 'test/core/package.unit.test.ts, as root',
  [`sh install.sh ${TARBALL}`]: 'test/core/package.unit.test.ts, as somebody else',
  'npm start': 'test/core/launcher.unit.test.ts',
  'npm pack': 'test/core/package.unit.test.ts',
  [`npm install ./${TARBALL}`]: 'test/core/package.unit.test.ts',
  'npx patchbay --version': 'test/core/package.unit.test.ts',
  'npx patchbay start': 'test/core/package.unit.test.ts',
  'docker build --tag patchbay .':
    'deploy/image/check.sh, by buildah; its last stage test/deploy/image-root.unit.test.ts',
  'docker exec patchbay patchbay check': 'the last stage of the Dockerfile, in test/deploy/image-root.unit.test.ts',
};
/** Checked below, by what is in them. */
const BY_PARTS = [
  /^docker run /,
  /^docker compose --file \S+ up --detach$/,
  /^DOMAIN=\S+ docker compose --file \S+ up --detach$/,
];

function commandsOf(document: string): string[] {
  return shellBlocks(document)
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter(Boolean);
}

describe('the pages about installing', () => {
  const commands = DOCUMENTS.flatMap(commandsOf);

  it('print no command that nothing runs', () => {
    const unknown = commands.filter((one) => !Object.hasOwn(RUN_BY, one) && !BY_PARTS.some((known) => known.test(one)));
    assert.deepEqual(unknown, []);
    assert.deepEqual(
      Object.keys(RUN_BY).filter((one) => !commands.includes(one)),
      [],
      'and the list names none that is gone',
    );
  });

  it('name five ways, files that are there, and ports that the image has', async () => {
    const ways = readFileSync(join(ROOT, 'docs', 'install.md'), 'utf8').match(/^\| \[/gm);
    assert.equal(ways?.length, 5);
    for (const command of commands) {
      const [, file] = /--file (\S+)/.exec(command) ?? [];
      if (file) assert.ok(existsSync(join(ROOT, file)), file);
    }
    const exposed = /^EXPOSE (.+)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))?.[1]?.split(' ') ?? [];
    for (const run of commands.filter((one) => one.startsWith('docker run '))) {
      const set = Object.fromEntries(
        [...run.matchAll(/--env (\w+)='?([^' ]+)'?/g)].map(([, name, value]) => [name, value]),
      );
      const inside = [...run.matchAll(/--publish \d+:(\d+)/g)].map(([, port]) => port);
      assert.ok(inside.length > 0);
      for (const port of inside) assert.ok(exposed.includes(port ?? '') || Object.values(set).includes(port), port);
      const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-install-'));
      const { code, err } = await patchbay(['check'], { ...set, PATCHBAY_DATADIR: dataDir });
      rmSync(dataDir, { recursive: true });
      assert.deepEqual([code, err], [0, ''], run);
    }
  });

  it('show configurations that the server takes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-install-'));
    for (const heading of ['Automatic', 'From files']) {
      let text = yamlBlock('docs/certificates.md', heading);
      for (const { certFile, keyFile } of parse(text).http.tls.files ?? []) {
        const pair = await generate([{ name: 'commonName', value: 'example.com' }], { keyType: 'ec' });
        writeFileSync(join(folder, 'cert.pem'), pair.cert);
        writeFileSync(join(folder, 'key.pem'), pair.private);
        text = text.replace(certFile, join(folder, 'cert.pem')).replace(keyFile, join(folder, 'key.pem'));
      }
      writeFileSync(join(folder, 'patchbay.yaml'), text);
      const env = { PATCHBAY_CONFIG: join(folder, 'patchbay.yaml'), PATCHBAY_DATADIR: join(folder, 'data') };
      const { code, err } = await patchbay(['check'], env);
      assert.deepEqual([code, err], [0, ''], heading);
    }
    rmSync(folder, { recursive: true });
  });
});

describe('the health check of the image', () => {
  const check = async (port: number): Promise<number | null> => {
    const env = { PATCHBAY_HTTP__PORT: String(port) };
    const child = spawn(process.execPath, [join(ROOT, 'deploy', 'image', 'health.mjs')], { env });
    const [code] = await once(child, 'exit');
    return code;
  };

  it('is green by http and by https, and red without an answer', async () => {
    const plain = await startPlatform();
    assert.equal(await check(plain.port), 0);
    await plain.stop();
    assert.equal(await check(plain.port), 1);
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-health-'));
    const pair = await generate([{ name: 'commonName', value: 'one.example' }], { keyType: 'ec' });
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    writeFileSync(files.certFile, pair.cert);
    writeFileSync(files.keyFile, pair.private);
    const secure = await startPlatform({ config: { http: { tls: { files: [files], plainPort: null } } } });
    assert.equal(await check(secure.port), 0);
    await secure.stop();
    rmSync(folder, { recursive: true });
  });
});
