/** The container image: its command adopts what is root's and drops its rights; its stages; and, where asked for, all of it built. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '#test/support/command-line.ts';

const ENTRY = join(ROOT, 'deploy', 'image', 'patchbay');
const NODE = '#!/bin/sh\necho "user $(id -u) groups $(id -G) process $$ runs $*"\nexec sleep 0\n';
const isRoot = process.getuid?.() === 0;
const has = (command: string) => spawnSync('which', [command]).status === 0;

// Whoever is not root drops nothing, and cannot make folders of root's.
const whenRoot =
  isRoot && has('setpriv') ? describe : () => console.log('not tried: the command in the image, which takes root');
whenRoot('the command in the image', () => {
  let home: string;
  beforeEach(() => {
    // Others must get there.
    home = mkdtempSync('/tmp/patchbay-image-');
    chmodSync(home, 0o755);
    mkdirSync(join(home, 'bin'));
    mkdirSync(join(home, 'data', 'blobs'), { recursive: true });
    writeFileSync(join(home, 'bin', 'node'), NODE, { mode: 0o755 });
    writeFileSync(join(home, 'data', 'blobs', 'x'), '');
    writeFileSync(join(home, 'outside'), '');
    symlinkSync(join(home, 'outside'), join(home, 'data', 'link'));
  });
  afterEach(() => home && rmSync(home, { recursive: true }));

  function run(...args: string[]) {
    return runAs([ENTRY, ...args]);
  }

  function runAs([command = '', ...args]: string[]) {
    const env = {
      PATH: `${join(home, 'bin')}:/usr/bin:/bin`,
      PATCHBAY_APP: '/app',
      PATCHBAY_FOLDERS: join(home, 'data'),
    };
    const { status, stdout, stderr, pid } = spawnSync(command, args, { env, encoding: 'utf8' });
    return { status, out: stdout, err: stderr, pid };
  }

  it('gives a folder of root’s away once, follows no links, and is the server itself, without rights', () => {
    const { status, out, pid, err } = run('start', 'x');
    assert.equal(status, 0, err);
    assert.match(out, /giving .*data to user 1000/);
    assert.ok(
      out.includes(`user 1000 groups 1000 process ${pid} runs --max-semi-space-size=16 /app/start.mjs start x\n`),
      out,
    );
    for (const name of ['data', 'data/blobs', 'data/blobs/x']) assert.equal(statSync(join(home, name)).uid, 1000, name);
    assert.equal(statSync(join(home, 'outside')).uid, 0);
    const again = run('check');
    assert.ok(again.out.startsWith('user 1000') && again.out.endsWith('runs /app/core/main.ts check\n'), again.out);
  });

  it('begins anew when it was interrupted, and leaves what is somebody else’s', () => {
    lchownSync(join(home, 'data', 'blobs'), 1000, 1000);
    lchownSync(join(home, 'data', 'blobs', 'x'), 1234, 1234);
    assert.equal(run('start').status, 0);
    assert.equal(statSync(join(home, 'data', 'blobs', 'x')).uid, 1234);
  });

  it('needs no more rights than the compose files leave it', () => {
    const { services } = parse(readFileSync(join(ROOT, 'deploy', 'compose', 'compose.yaml'), 'utf8'));
    const left = services.patchbay.cap_add.map((name: string) => `+${name.toLowerCase()}`);
    lchownSync(join(home, 'data', 'blobs'), 1234, 1234);
    chmodSync(join(home, 'data', 'blobs'), 0o700);
    const { status, out, err } = runAs(['setpriv', `--bounding-set=-all,${left}`, '--inh-caps=-all', ENTRY, 'start']);
    assert.equal(status, 0, err);
    assert.match(out, /^user 1000 /m);
    assert.equal(statSync(join(home, 'data', 'blobs', 'x')).uid, 1000);
  });

  it('says what to do with a folder that it may not write in', () => {
    lchownSync(join(home, 'data'), 1234, 1234);
    const { status, err } = run('start');
    assert.equal(status, 1);
    assert.match(err, /user 1000 cannot write in .*belongs to user 1234: run `chown -R 1000`.*`--user 1234:1234`/);
  });
});

describe('the Dockerfile', () => {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const stages = text.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';

  it('compiles in stages that the image is not made of, for the machine that runs it', () => {
    assert.equal(stages.length, 3);
    assert.match(stages[0] ?? '', /^--platform=\$BUILDPLATFORM /);
    assert.match(stages[1] ?? '', /^\$\{NODE_IMAGE\} AS packages[\s\S]*python3 make g\+\+[\s\S]*npm ci --omit=dev/);
    assert.doesNotMatch(last, /apt-get|npm |g\+\+/);
  });

  it('has a health check, one process and a command that is there', () => {
    assert.match(last, /^HEALTHCHECK /m);
    assert.match(last, /^CMD \["patchbay", "start"\]$/m);
    for (const [, from = ''] of text.matchAll(/^COPY (?!--from)(?:--\S+ )?(.+) \S+$/gm))
      for (const file of from.split(' ')) assert.ok(existsSync(join(ROOT, file)), file);
  });

  // Some minutes and the network: PATCHBAY_TEST_IMAGE=1, with `apt-get install buildah mmdebstrap`, as root.
  if (process.env.PATCHBAY_TEST_IMAGE === '1') {
    it('builds, and the image starts on a read-only root, adopts its data, and ends when it is told to', () => {
      const work = mkdtempSync('/var/tmp/patchbay-image-');
      try {
        const { status, stdout, stderr } = spawnSync(join(ROOT, 'deploy', 'image', 'check.sh'), [work], {
          encoding: 'utf8',
          maxBuffer: 2 ** 26,
        });
        assert.equal(status, 0, stdout.slice(-4_000) + stderr.slice(-4_000));
        console.log(stdout.slice(-200));
      } finally {
        spawnSync('buildah', [
          '--storage-driver',
          'overlay',
          '--root',
          join(work, 'store'),
          '--runroot',
          join(work, 'run'),
          'rm',
          '-a',
        ]);
        rmSync(work, { recursive: true, force: true });
      }
      // Said before it begins: whoever watches the process goes by it.
    }).timeout(1_800_000);
  }
});
