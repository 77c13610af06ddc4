/**
 * `npm run release -- [VERSION] [--dry-run] [--out FOLDER] [--no-image]`: the version, its section in the changelog, the tarball,
 * its SBOM, the image where one can be built, and checksums of all of them. Everything is made in a copy of the checkout, so
 * that a release that fails, and one that is dry, leaves it as it was; what a person does then is printed.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gt, valid } from 'semver';
import { root } from '../setup.mjs';
import { hasSection, released } from './changelog.ts';
import { buildImage } from './image.ts';

const NAME = 'patchbay-platform';
/** What a release changes in the checkout. */
const CHANGED = ['package.json', 'package-lock.json', 'CHANGELOG.md'];
const CHECKSUMS = 'SHA256SUMS';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean' }, out: { type: 'string' }, 'no-image': { type: 'boolean' } },
});
// `npm run release --dry-run`, without `--`, is npm's own flag.
const isDry = values['dry-run'] === true || process.env.npm_config_dry_run === 'true';

const scratch = mkdtempSync(join(tmpdir(), 'patchbay-release-'));
/** An SBOM calls what it is of by the name of its folder. */
const copy = join(scratch, NAME);
try {
  release();
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function release(): void {
  if (!isDry && git('status', '--porcelain') !== '') throw new Error('there are changes that are not committed');
  copyCheckout();
  const version = newVersion();
  const out = resolve(
    values.out ?? (isDry ? mkdtempSync(join(tmpdir(), 'patchbay-dry-')) : join(root, 'release', version)),
  );
  mkdirSync(out, { recursive: true });
  if (readdirSync(out).length > 0) throw new Error(`${out} is not empty`);

  npm('version', version, '--no-git-tag-version', '--allow-same-version');
  const { changelog, notes } = released(read('CHANGELOG.md'), version, new Date().toISOString().slice(0, 10));
  writeFileSync(join(copy, 'CHANGELOG.md'), changelog);
  writeFileSync(join(out, 'CHANGES.md'), notes);
  npm('pack', '--pack-destination', out);
  cpSync(join(copy, 'deploy', 'install.sh'), join(out, 'install.sh'));
  const sbom = npm('sbom', '--package-lock-only', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=application');
  writeFileSync(join(out, `${NAME}-${version}.cdx.json`), sbom);
  const image = values['no-image'] ? { reason: '--no-image' } : imageOf(out, version);
  writeChecksums(out);

  if (!isDry) for (const file of CHANGED) cpSync(join(copy, file), join(root, file));
  console.log(
    `Patchbay ${version}, in ${out}:\n${readdirSync(out)
      .map((name) => `  ${name}\n`)
      .join('')}`,
  );
  if ('reason' in image) console.log(`There is no image: ${image.reason}\n`);
  console.log(isDry ? 'A dry run: the checkout is as it was. Next would be:' : 'Next:');
  console.log(`  git commit -am "Release ${version}" && git tag v${version}`);
  console.log(`  npm publish ${join(out, `${NAME}-${version}.tgz`)}`);
}

/** All that git knows or would know, as it is now, on the packages of the checkout; with the pages, if they are built. */
function copyCheckout(): void {
  const files = git('ls-files', '--cached', '--others', '--exclude-standard', '-z').split('\0').filter(Boolean);
  for (const file of new Set([...files, 'plugins/admin/dist'])) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    try {
      cpSync(join(root, file), join(copy, file), { recursive: true });
    } catch (error) {
      // Deleted and not committed yet, or not built.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

/** As it was said; else that of package.json, when it was not released yet. */
function newVersion(): string {
  const present: string = JSON.parse(read('package.json')).version;
  const isReleased = hasSection(read('CHANGELOG.md'), present);
  const [wanted = isReleased ? undefined : present] = positionals;
  if (wanted === undefined) throw new Error(`${present} is released: say which version is next`);
  if (valid(wanted) !== wanted) throw new Error(`'${wanted}' is no version; write 1.2.3`);
  if (gt(present, wanted)) throw new Error(`${wanted} is older than ${present}`);
  return wanted;
}

function imageOf(out: string, version: string) {
  if (isDry) return { reason: 'a dry run builds none' };
  return buildImage(copy, out, version);
}

/** As `sha256sum --check` reads them. */
function writeChecksums(out: string): void {
  const lines = readdirSync(out).map((name) => {
    const hash = createHash('sha256').update(readFileSync(join(out, name)));
    return `${hash.digest('hex')}  ${name}\n`;
  });
  writeFileSync(join(out, CHECKSUMS), lines.join(''));
}

function read(file: string): string {
  return readFileSync(join(copy, file), 'utf8');
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' });
}

function npm(...args: string[]): string {
  // Everything is installed: the packages are those of the checkout.
  const { npm_config_dry_run: _, ...others } = process.env;
  const env = { ...others, PATCHBAY_SKIP_INSTALL: '1' };
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  return execFileSync('npm', args, { cwd: copy, encoding: 'utf8', env, stdio, maxBuffer: 64 * 1024 * 1024 });
}
