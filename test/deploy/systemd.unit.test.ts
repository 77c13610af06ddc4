/** The units of systemd: nothing is misspelt in them, and what a sandbox has to name is named. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '#test/support/command-line.ts';

const UNITS = { 'patchbay.service': [], 'patchbay-user.service': ['--user'] };
const FILLED = {
  PREFIX: '/opt/patchbay',
  DATA: '/var/lib/patchbay',
  CONFIG: '/etc/patchbay/patchbay.yaml',
  NODE: process.execPath,
  USER: 'daemon',
  GROUP: 'daemon',
};
/** Everything that is said in a unit is one of these: a misspelt one would be ignored, and the sandbox open. */
const KNOWN =
  'Description Documentation Wants After Type User Group WorkingDirectory Environment ExecStart Restart RestartSec TimeoutStopSec LimitNOFILE UMask NoNewPrivileges CapabilityBoundingSet AmbientCapabilities ProtectSystem ProtectHome ReadWritePaths PrivateTmp PrivateDevices ProtectClock ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectProc RemoveIPC RestrictAddressFamilies RestrictNamespaces RestrictRealtime RestrictSUIDSGID LockPersonality SystemCallArchitectures SystemCallFilter SystemCallErrorNumber WantedBy'.split(
    ' ',
  );

function filled(unit: string): string {
  const text = readFileSync(join(ROOT, 'deploy', 'systemd', unit), 'utf8');
  return Object.entries(FILLED).reduce((done, [name, value]) => done.replaceAll(`@${name}@`, value), text);
}

describe('the units of systemd', () => {
  const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-units-'));
    for (const unit of Object.keys(UNITS)) writeFileSync(join(folder, unit), filled(unit));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [unit, flags] of Object.entries(UNITS)) {
    it(`${unit} has nothing that systemd would pass over`, () => {
      const lines = filled(unit)
        .split('\n')
        .filter((line) => line !== '' && !/^[#[]/.test(line));
      const strangers = lines.map((line) => line.split('=', 1)[0] ?? '').filter((name) => !KNOWN.includes(name));
      assert.deepEqual(strangers, []);
      assert.doesNotMatch(filled(unit), /@[A-Z]+@/);
      if (!analyze) return console.log('      not asked: systemd-analyze (`apt-get install systemd` brings it)');
      const env = { ...process.env, XDG_RUNTIME_DIR: folder };
      const { status, stderr } = spawnSync('systemd-analyze', [...flags, 'verify', join(folder, unit)], {
        encoding: 'utf8',
        env,
      });
      assert.deepEqual([status, stderr.split('\n').filter((line) => line.includes(folder))], [0, []], stderr);
    });
  }

  it('leave little open', () => {
    const text = filled('patchbay.service');
    for (const line of [
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'PrivateTmp=yes',
      'PrivateDevices=yes',
      'RestrictNamespaces=yes',
      'SystemCallFilter=@system-service',
    ])
      assert.ok(text.includes(`\n${line}\n`), line);
    if (!analyze) return;
    // Of 100, where 92 is a service without a sandbox.
    const { status, stdout } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=22', join(folder, 'patchbay.service')],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout);
  });
});
