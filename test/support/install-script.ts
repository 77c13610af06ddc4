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

export interface InstallerOptions {
  /** A folder that is the user's. */
  home: string;
  uid: number;
  /** In the folder of a release, whose tarball it takes. */
  script: string;
  env: NodeJS.ProcessEnv;
  hasSystemd?: boolean;
  /** Packages as npm has installed them from the same tarball, taken instead of installing them once more. */
  installed?: string;
}

/** What install scripts compile and fetch is here already. */
const MADE = ['sqlite3/build', 'node/bin'];

export function installer({ home, script, uid, env, hasSystemd = true, installed }: InstallerOptions): Installer {
  const bin = join(home, 'bin');
  const notes = join(home, 'systemctl.log');
  mkdirSync(bin, { recursive: true });
  const program = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\nset -e\n${text}`);
    chmodSync(join(bin, name), 0o755);
  };
  program('systemctl', `echo "$*" >>"${notes}"\n`);
  program('npm', npmFor(installed, env));
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
        },
      });
      return { status, out: stdout, err: stderr };
    },
  };
}

/** Called as `npm install --prefix FOLDER …`. */
function npmFor(installed: string | undefined, env: NodeJS.ProcessEnv): string {
  if (installed) return `[ -d "$3/node_modules/sqlite3" ] || cp -aL ${installed} "$3/"\n`;
  const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8', env }).trim();
  const modules = join(ROOT, 'node_modules');
  const missing = MADE.map(
    (made) => `[ -e "$3/node_modules/${made}" ] || cp -a ${join(modules, made)} "$3/node_modules/${made}"\n`,
  );
  return `${npm} "$@"\n${missing.join('')}`;
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
