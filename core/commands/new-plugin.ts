/** `patchbay new-plugin NAME`: writes a complete plugin with its test, ready to be changed. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { ConfigError } from '../config/load.ts';

const TEMPLATES = new URL('./new-plugin-template/', import.meta.url);
const FILES = ['index.ts', 'contract.ts', 'service.ts', 'migrations/0001-notes.ts', 'README.md', 'plugin.test.ts'];

/** The plugin goes to `FOLDER/NAME`, its test to `test/my-plugins/NAME.test.ts`, where `npm test` finds it. */
export async function newPlugin(name: string, { folder }: { folder: string }): Promise<void> {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) {
    throw new ConfigError(`'${name}' cannot be a plugin's name: use lower-case letters, digits and dashes`);
  }
  const home = resolve(folder, name);
  const testFile = resolve('test', 'my-plugins', `${name}.test.ts`);
  if (existsSync(home) || existsSync(testFile)) throw new ConfigError(`${folder}/${name} is there already`);

  const words = {
    NAME: name,
    TABLE: `${name.replaceAll('-', '_')}_notes`,
    SERVICE: `${name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Notes`,
    FROM_TEST: relative(dirname(testFile), home),
  };
  for (const file of FILES) {
    const text = await readFile(new URL(`${file}.txt`, TEMPLATES), 'utf8');
    const target = file === 'plugin.test.ts' ? testFile : join(home, file);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(
      target,
      text.replace(/__([A-Z_]+?)__/g, (whole, word: string) => words[word as keyof typeof words] ?? whole),
    );
  }
  process.stdout.write(
    `Wrote ${folder}/${name} and ${relative('.', testFile)}.\n` +
      `Enable it in your config file:\n\n  plugins:\n    ${resolve(home)}: {}\n\nTest it: npm test -- ${relative('.', testFile)}\n`,
  );
}
