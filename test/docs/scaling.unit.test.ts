/**
 * The guide to more than one machine: every command is in the list below with what runs it, what it writes is what the compose file
 * asks for, files and services that it names are there, and its configurations are ones.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { patchbay, ROOT } from '../support/command-line.ts';
import { shellBlocks, yamlBlock } from '../support/documents.ts';

const GUIDE = 'docs/scaling.md';
const COMPOSE = join(ROOT, 'deploy', 'compose');
const FILE = 'compose.replicas.yaml';
const text = readFileSync(join(ROOT, GUIDE), 'utf8');
const composeText = readFileSync(join(COMPOSE, FILE), 'utf8');
const compose = parse(composeText, { merge: true });
const commands = shellBlocks(GUIDE)
  .filter((block) => !block.includes('<<END'))
  .join('')
  .split('\n')
  .filter(Boolean);

/** What each comes down to, and what runs that. */
const KNOWN: [command: RegExp, runBy: string][] = [
  [
    /^docker compose --file \S+ exec \S+ bash \/postgres\.sh (promote|synchronous)$/,
    'test/deploy/standby.unit.test.ts',
  ],
  [
    /^docker compose --file \S+ (up --detach|rm --stop --force)( --no-deps| --wait)*( [a-z0-9-]+)*$/,
    'below, by what it names',
  ],
  [/^docker volume rm patchbay_[a-z0-9-]+$/, 'below, by what it names'],
  [/^echo POSTGRES_PRIMARY=[a-z0-9-]+ >>\.env$/, 'below'],
  [/^kubectl (apply --filename \S+|create secret generic .+)$/, 'test/deploy/kubernetes.unit.test.ts'],
  [/^docker build --tag patchbay \.\.\/\.\.$/, 'test/deploy/image-root.unit.test.ts'],
];

describe('the guide to more than one machine', () => {
  it('prints no command that nothing knows', () => {
    assert.deepEqual(
      commands.filter((one) => !KNOWN.some(([known]) => known.test(one))),
      [],
    );
    assert.deepEqual(
      KNOWN.filter(([known]) => !commands.some((one) => known.test(one))),
      [],
    );
    for (const [, runBy] of KNOWN) if (runBy.startsWith('test/')) assert.ok(existsSync(join(ROOT, runBy)), runBy);
  });

  it('names files, services, volumes and drills that are there', () => {
    for (const command of commands) {
      const [, composeFile] = /docker compose --file (\S+)/.exec(command) ?? [];
      if (composeFile) assert.ok(existsSync(join(COMPOSE, composeFile)), command);
      const [, manifest] = /kubectl apply --filename (\S+)/.exec(command) ?? [];
      if (manifest) assert.ok(existsSync(join(ROOT, manifest)), command);
      const named = /docker compose --file \S+ (?:exec|up|rm) (.+?)(?: bash .+)?$/.exec(command)?.[1]?.split(' ') ?? [];
      const [, primary] = /POSTGRES_PRIMARY=([a-z0-9-]+)/.exec(command) ?? [];
      for (const service of [...named, ...(primary ? [primary] : [])].filter((word) => !word.startsWith('--'))) {
        assert.ok(Object.hasOwn(compose.services, service), command);
      }
      const [, volume] = /docker volume rm patchbay_(\S+)/.exec(command) ?? [];
      if (volume) assert.ok(Object.hasOwn(compose.volumes, volume), command);
    }
    const drills = readFileSync(join(ROOT, 'scripts', 'drill', 'index.ts'), 'utf8');
    for (const [, names = ''] of text.matchAll(/npm run drill -- 1 ([a-z0-9 ]+)/g)) {
      for (const name of names.trim().split(' ')) assert.match(drills, new RegExp(`^  '?${name}'?: drill`, 'm'), name);
    }
  });

  it('writes down all that the compose file asks for, and nobody else can read it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-scaling-'));
    const block = shellBlocks(GUIDE).find((one) => one.includes('<<END')) ?? '';
    execFileSync('bash', ['-euc', block], { cwd: folder });
    const file = join(folder, '.env');
    const written = Object.fromEntries(
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    );
    assert.equal(statSync(file).mode & 0o077, 0);
    rmSync(folder, { recursive: true });
    const asked = new Set([...composeText.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name));
    assert.deepEqual(
      [...asked].filter((name) => !written[name]),
      [],
    );
    assert.match(String(written.POSTGRES_PASSWORD), /^[a-f0-9]{48}$/);
    assert.match(String(written.S3_KEY_ID), /^GK[a-f0-9]{24}$/);
    assert.equal(written.COMPOSE_PROJECT_NAME, 'patchbay');
  });

  it('shows configurations that the server takes', async () => {
    for (const heading of ['Add a second replica to what you have', 'Poolers and fail-over']) {
      const folder = mkdtempSync(join(tmpdir(), 'patchbay-scaling-'));
      writeFileSync(join(folder, 'patchbay.yaml'), yamlBlock(GUIDE, heading));
      const env = { PATCHBAY_CONFIG: join(folder, 'patchbay.yaml'), PATCHBAY_DATADIR: join(folder, 'data') };
      const { code, err } = await patchbay(['check'], env);
      rmSync(folder, { recursive: true });
      assert.deepEqual([code, err], [0, ''], heading);
    }
  }).timeout(30_000);
});
