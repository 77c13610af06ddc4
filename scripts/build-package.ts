/**
 * Builds `dist/`, which the npm package consists of (`prepack`): Node runs no TypeScript below node_modules. The types are
 * blanked out, as Node does it when it runs this checkout, so that lines stay what they are; declarations are tsc's.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWeb, writeClientTypes } from './build-web.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');
/** Rooms that run. */
const ROOMS = ['core', 'package', 'plugins'];
/** Templates go as they are, to be written as they are. */
const TEMPLATES = /^package\/new-plugin(-ui)?\//;
/** What the pages are made of; they go as they are built. */
const PAGES = /^plugins\/(?:[\w-]+\/ui|admin\/web)\//;
/** For whoever reads the checkout. */
const LEFT_OUT = /(?:\.md|\.d\.ts|tsconfig(?:\.ui)?\.json)$/;
/** What a file of ours is named by: in imports, and where a worker is started. */
const OWN_FILE =
  /(?<before>\b(?:from|import)\s*\(?\s*|\bnew URL\(\s*)(?<quote>['"])(?<path>(?:\.{1,2}|#core|#package|#plugins)\/[^'"\n]+)\.ts\k<quote>/g;

/**
 * What an earlier build has written down as done is gone with its folder. That the types fit is said by `npm run check`: to
 * write them down without asking again takes a third of the time. By one checker it takes a third once more: four, as are
 * usual, each look at much of what the others do.
 */
const ALL = ['--incremental', 'false', '--noCheck', '--checkers', '1'];

await writeClientTypes();
await buildWeb();
rmSync(dist, { recursive: true, force: true });
for (const file of globSync(
  ROOMS.map((room) => `${room}/**/*`),
  { cwd: root },
))
  build(file);
write('config/default.yaml', readFileSync(join(root, 'config', 'default.yaml'), 'utf8'));
write('package.json', JSON.stringify(manifest(), null, 2));
declarations();

function build(file: string): void {
  if (statSync(join(root, file)).isDirectory()) return;
  const isTemplate = TEMPLATES.test(file);
  if (PAGES.test(file) || (!isTemplate && LEFT_OUT.test(file))) return;
  if (isTemplate || !file.endsWith('.ts')) copy(file);
  else write(file.replace(/\.ts$/, '.js'), javaScript(readFileSync(join(root, file), 'utf8')));
}

function javaScript(typeScript: string): string {
  return stripTypeScriptTypes(typeScript).replace(OWN_FILE, '$<before>$<quote>$<path>.js$<quote>');
}

/** Nearest to the files, so it decides what `#core/…` means there; its name and version are the package's. */
function manifest(): object {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const imports = Object.fromEntries(
    ROOMS.flatMap((room) => [
      // Declarations keep the names of the sources.
      [`#${room}/*.ts`, { types: `./${room}/*.d.ts`, default: `./${room}/*.js` }],
      [`#${room}/*.js`, `./${room}/*.js`],
    ]),
  );
  return { name, version, type: 'module', imports };
}

/** Of what the package exports; the kit of pages is there as types alone, since at run time it is the shell's. */
function declarations(): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const project of ['tsconfig.json', 'tsconfig.ui.json']) {
    const command = [tsc, '-p', join(root, 'package', project), ...ALL];
    const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
    if (status !== 0) throw new Error(`The declarations of package/${project} could not be made; see above`);
  }
  copy(join('plugins', 'admin', 'web', 'client', 'openapi.d.ts'));
}

function copy(file: string): void {
  mkdirSync(dirname(join(dist, file)), { recursive: true });
  cpSync(join(root, file), join(dist, file));
}

function write(file: string, text: string): void {
  if (existsSync(join(dist, file))) throw new Error(`${file} would be written twice`);
  mkdirSync(dirname(join(dist, file)), { recursive: true });
  writeFileSync(join(dist, file), text);
}
