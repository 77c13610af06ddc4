/** What strangers wrote is read in threads: the libraries that do it are loaded nowhere else. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../../', import.meta.url);
const LIBRARIES = /\b(?:from|import)\s*\(?\s*'(?<library>mailauth|postal-mime|sanitize-html)'/g;
/** Loaded by threads alone, but for header-preview: it decodes at most 500 characters of a header. */
const LOADERS = [
  'plugins/ai-replies/knowledge/reading/html.ts',
  'plugins/mail/messages/authentication/mailauth.ts',
  'plugins/mail/messages/parser/bounce.ts',
  'plugins/mail/messages/parser/parse.ts',
  'plugins/mail/messages/parser/sanitize.ts',
  'plugins/mail/messages/header-preview.ts',
];
/** What runs them, and with them in the threads. */
const READERS = [
  'plugins/mail/messages/parser/stored-message.ts',
  'plugins/mail/messages/authentication/authenticate.ts',
  'plugins/mail/messages/authentication/sign.ts',
  'plugins/mail/messages/workers/worker.ts',
  ...LOADERS,
];

describe('reading mail outside of the threads', () => {
  const sources = globSync('{core,plugins}/**/*.ts', { cwd: ROOT }).map((file) => ({
    file: file.replaceAll('\\', '/'),
    text: readFileSync(new URL(file, ROOT), 'utf8'),
  }));

  it('loads the libraries for it in no other file', () => {
    const users = sources.filter(({ text }) => text.search(LIBRARIES) >= 0).map(({ file }) => file);
    assert.deepEqual(users.sort(), [...LOADERS].sort());
  });

  it('runs what uses them in no other file', () => {
    const named = READERS.filter((file) => file.startsWith('plugins/mail/') && !/worker\.ts|header-preview/.test(file));
    const names = named.map((file) => file.split('/').at(-1));
    for (const { file, text } of sources) {
      if (READERS.includes(file) || !file.startsWith('plugins/mail/')) continue;
      for (const [line] of text.matchAll(/^import (?!type)[^;]*;$/gm)) {
        const isReader = names.some((name) => line.includes(`/${name}'`));
        // Constants and plain helpers may be shared.
        assert.ok(!isReader || /\{ (?:type \w+, )*(?:notChecked)?(?:, type \w+)* ?\}/.test(line), `${file}: ${line}`);
      }
    }
  });
});
