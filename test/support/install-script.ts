/** `deploy/install.sh`, run as somebody, with a systemd that only notes what it is told. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './command-line.ts';

/** Whom a service of a test runs as; Debian has it. */
export const NOBODY = 65_534;

export interface Installer {
  /** What systemctl was told, a line for each call. */
  told(): string[];
  /** Runs it with these answers on its standard input. */
  run(answers: readonly string[], ...args: string[]): { status: number | null; out: string; err: string };
}

export interface InstallerOptions extends Packages {
  /** A folder that is the user's. */
  home: string;
  uid: number;
  /** In the folder of a release, whose tarball it takes. */
  script: string;
  env: NodeJS.ProcessEnv;
  hasSystemd?: boolean;
}

interface Packages {
  tarball: string;
  /** What npm has installed when it was called as the script is to call it; taken instead of installing it once more. */
  installed: string;
  /** npm itself is called where it is installed already; else it stays as it is. */
  updates: boolean;
}

/** How the script calls npm. */
export function installCall(prefix: string, tarball: string): string[] {
  return ['install', '--prefix', prefix, '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error', tarball];
}

export function installer({ home, script, uid, env, hasSystemd = true, ...packages }: InstallerOptions): Installer {
  const bin = join(home, 'bin');
  const notes = join(home, 'systemctl.log');
  mkdirSync(bin, { recursive: true });
  const program = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\nset -e\n${text}`);
    chmodSync(join(bin, name), 0o755);
  };
  program('systemctl', `echo "$*" >>"${notes}"\n`);
  program('npm', npmFor(packages, env));
  writeFileSync(notes, '');
  chmodSync(notes, 0o666);
  return {
    told: () => readFileSync(notes, 'utf8').split('\n').filter(Boolean),
    run(answers, ...args) {
      const { status, stdout, stderr } = spawnSync('sh', [script, ...args], {
        cwd: home,
        uid,
        gid: uid === 0 ? 0 : NOBODY,
        encoding: 'utf8',
        input: answers.map((answer) => `${answer}\n`).join(''),
        env: {
          ...env,
          HOME: home,
          PATH: [bin, env.PATH].join(delimiter),
          SYSTEMD_FOLDER: hasSystemd ? bin : join(home, 'none'),
          npm_config_cache: join(home, 'npm-cache'),
          npm_config_ignore_scripts: 'true',
          npm_config_prefer_offline: 'true',
          npm_config_update_notifier: 'false',
        },
      });
      return { status, out: stdout, err: stderr };
    },
  };
}

const NODE = 'node_modules/node/bin';

/** Refuses to be called in another way than `installCall` says. */
function npmFor({ tarball, installed, updates }: Packages, env: NodeJS.ProcessEnv): string {
  const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8', env }).trim();
  return `[ "$*" = "${installCall('$3', tarball).join(' ')}" ] || { echo "npm is called as: $*" >&2; exit 1; }
if [ ! -d "$3/node_modules" ]; then cp -aL ${installed} "$3/"
${updates ? `else ${npm} "$@"\n` : ''}fi
# What an install script would fetch.
[ -e "$3/${NODE}" ] || cp -a ${join(ROOT, NODE)} "$3/${NODE}"
`;
}

/** Starts what a unit of systemd says, as its user and in its folder. */
export function startUnit(file: string, env: NodeJS.ProcessEnv): ChildProcess {
  const lines = readFileSync(file, 'utf8').split('\n');
  const valuesOf = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
  const [command = '', ...args] = (valuesOf('ExecStart')[0] ?? '').split(' ');
  const set = valuesOf('Environment').map((pair) => pair.split('=', 2) as [string, string]);
  return spawn(command, args, {
    cwd: valuesOf('WorkingDirectory')[0],
    uid: NOBODY,
    gid: NOBODY,
    stdio: 'pipe',
    env: { PATH: env.PATH, ...Object.fromEntries(set), ...env },
  });
}
