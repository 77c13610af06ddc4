/** The container image as an archive, by whichever builder there is: `docker load` and `podman load` take it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export type ImageOutcome = { file: string } | { reason: string };

/** Of the machine's own architecture; the reason when it cannot be built here. Throws when a build fails. */
export function buildImage(checkout: string, out: string, version: string): ImageOutcome {
  const base = process.env.NODE_IMAGE ?? 'node:24-bookworm-slim';
  const file = join(out, `patchbay-image-${version}-${process.arch === 'x64' ? 'amd64' : process.arch}.tar`);
  const tag = `patchbay:${version}`;
  const args = ['--build-arg', `NODE_IMAGE=${base}`, '--label', `org.opencontainers.image.version=${version}`];
  if (works('docker', 'info')) {
    if (!works('docker', 'image', 'inspect', base) && !works('docker', 'pull', base)) return { reason: noBase(base) };
    must(checkout, 'docker', 'build', ...args, '--tag', tag, '.');
    must(checkout, 'docker', 'save', '--output', file, tag);
    return { file };
  }
  if (works('buildah', 'version')) {
    if (!works('buildah', 'pull', '--policy', 'missing', base)) return { reason: noBase(base) };
    must(checkout, 'buildah', 'build', '--format', 'docker', ...args, '--tag', tag, '.');
    must(checkout, 'buildah', 'push', tag, `docker-archive:${file}:${tag}`);
    return { file };
  }
  return { reason: 'neither a running docker nor buildah is here' };
}

const noBase = (base: string): string => `its base ${base} cannot be pulled (NODE_IMAGE names another one)`;

function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function must(cwd: string, command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed; see above`);
}
