/** What the server refuses is said in the viewer's language: each code by the plugin that declares it, each rule by the shell. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import { AppError } from '#core/errors.ts';
import { INVALID_REQUEST, WORDS } from '#plugins/licensing/dialect/dialect-messages.ts';
import { authConfig } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const LANGUAGES = ['en', 'zh'] as const;
/** Keywords that hand on to others or name a schema, and find nothing wrong by themselves. */
const APPLICATORS = ['properties', 'items', 'allOf', 'additionalItems', 'patternProperties', '$ref', 'id', '$id'];

interface Texts {
  error?: Record<string, string>;
  issue?: Record<string, string>;
}

describe('texts of refusals', () => {
  const declared = new Map<string, string[]>();

  before(async () => {
    for (const file of globSync('{core,plugins/*}/errors.ts', { cwd: root })) {
      declared.set(ownerOf(file), await codesIn(file));
    }
    // The licence server's own codes, which its pages meet.
    declared.get('licensing')!.push(...Object.values(WORDS).map(([code]) => code), INVALID_REQUEST[0]);
  });

  it('are there in both languages for every code, with the plugin that declares it, and for no other', () => {
    assert.ok(declared.size >= 6 && [...declared.values()].every((codes) => codes.length > 10));
    for (const [owner, codes] of declared) {
      for (const language of LANGUAGES) {
        const texts = textsOf(owner, language).error ?? {};
        assert.deepEqual(Object.keys(texts).sort(), [...new Set(codes)].sort(), `${owner}, ${language}`);
      }
    }
  });

  it('find every code in a list of errors', () => {
    const known = new Set([...declared.values()].flat());
    const sources = globSync('{core,plugins}/**/*.ts', {
      cwd: root,
      exclude: ['plugins/*/ui/**', '**/command{,s}.ts'],
    });
    for (const file of sources) {
      const code = readFileSync(join(root, file), 'utf8');
      const isList = /^(core|plugins\/[\w-]+)\/errors\.ts$/.test(file);
      assert.ok(isList || !code.includes('= defineErrors('), `${file} declares errors: they belong in errors.ts`);
      for (const [, name = ''] of code.matchAll(/new AppError\(\s*'(\w+)'/g))
        assert.ok(known.has(name), `${file}: ${name}`);
    }
  });

  describe('of rules', () => {
    let app: TestPlatform;
    before(async () => {
      const mail = { domains: ['example.com'], smtp: { enabled: false } };
      app = await startPlatform({
        plugins: { auth: authConfig, billing: {}, licensing: {}, mail, workflows: {}, admin: {} },
      });
    });
    after(() => app.stop());

    it('are there in both languages for every keyword that a request can break', () => {
      const used = new Set([
        'required',
        'additionalProperties',
        ...keywordsIn(app.platform.openapi()),
        ...writtenKeywords(),
      ]);
      assert.ok(['minLength', 'pattern', 'format', 'minimum', 'range'].every((keyword) => used.has(keyword)));
      for (const language of LANGUAGES) {
        const texts = textsOf('shell', language).issue ?? {};
        assert.deepEqual(
          [...used].filter((keyword) => !texts[keyword]),
          [],
          language,
        );
      }
    });

    it('come with what the rule asks for', async () => {
      const weak = await app.http.post('/api/v2/auth/reset-password', { token: '', new_password: 5 });
      assert.ok(weak.body.detail.some((one: any) => one.type === 'type' && one.ctx.expected === 'string'));
      const setup = await app.http.post('/api/platform/setup', {
        token: 'x',
        email: 'no address',
        password: 'p'.repeat(2000),
      });
      assert.deepEqual([setup.body.errors[0].keyword, setup.body.errors[0].expected], ['format', 'email']);
    });
  });
});

/** What models answer is checked there, and nobody who asks something is told of it. */
const OF_ANSWERS = 'plugins/ai-replies/models/outside-schemas.ts';

/** Rules that services check by themselves name the keyword where they do. */
function writtenKeywords(): string[] {
  return globSync('{core,plugins}/**/*.ts', { cwd: root, exclude: ['plugins/*/ui/**', OF_ANSWERS] }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\bkeyword: '(\w+)'/g)].map(([, keyword = '']) => keyword),
  );
}

function keywordsIn(node: unknown): string[] {
  const rules = Object.keys(new Ajv().RULES.all).filter((keyword) => !APPLICATORS.includes(keyword));
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (rules.includes(key)) found.add(key);
      walk(inner);
    }
  };
  walk(node);
  return [...found];
}

async function codesIn(file: string): Promise<string[]> {
  const module: Record<string, unknown> = await import(pathToFileURL(join(root, file)).href);
  return Object.values(module).flatMap((list) =>
    typeof list === 'object' && list !== null
      ? Object.entries(list)
          .filter(([code, make]) => {
            const made: unknown = make();
            return made instanceof AppError && made.code === code;
          })
          .map(([code]) => code)
      : [],
  );
}

function ownerOf(file: string): string {
  return file.startsWith('core/') ? 'shell' : (file.split('/')[1] ?? '');
}

function textsOf(owner: string, language: string): Texts {
  const folder = owner === 'shell' ? 'plugins/admin/web/i18n' : `plugins/${owner}/ui/locales`;
  return JSON.parse(readFileSync(join(root, folder, `${language}.json`), 'utf8'));
}
