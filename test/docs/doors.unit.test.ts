/** docs/security.md lists every door that asks for nobody; a route that is missing there is a door nobody thought about. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

describe('the doors', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: {},
        billing: {},
        licensing: {},
        mail: { smtp: { port: 0 } },
        robots: {},
        'ai-replies': {},
        workflows: {},
      },
    });
  });
  after(() => app.stop());

  it('that ask for nobody stand in docs/security.md', () => {
    const open = app.platform.routes
      .filter(({ access }) => access === 'public' || access === 'optional')
      .map(({ method, path }) => `\`${method} ${path}\``);
    assert.ok(open.length > 30);
    assert.deepEqual(
      open.filter((door) => !page.includes(door)),
      [],
    );
  });

  it('in docs/security.md are there', () => {
    const routes = new Set(app.platform.routes.map(({ method, path }) => `${method} ${path}`));
    const table = page.slice(page.indexOf('### Doors that are always open'), page.indexOf('## What protects'));
    const named = [...table.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`…]*)`/g)].map(([, door]) => door ?? '');
    assert.deepEqual(
      named.filter((door) => !routes.has(door)),
      [],
    );
  });
});
