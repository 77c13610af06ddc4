/** Every operation that makes or changes a credential × every role and kind of key: nobody gets more than they had. */
import assert from 'node:assert/strict';
import { authConfig, catchMails } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { type Caller, makeCallers, makePeople, type People } from './callers.ts';
import { CREDENTIALS, type Place } from './credential-table.ts';
import { PROVED_OTHERWISE } from './proved-otherwise.ts';

const SCOPES = [
  'settings:manage',
  'usage:read',
  'mail:manage',
  'licenses:manage',
  'workflows:manage',
  'account:manage',
];
/** What such an operation has in its path. */
const ABOUT_CREDENTIALS =
  /api-keys|invitations|passkeys|totp|otp|sessions|password|\/users|admin\/tenants|mail\/webhooks|secrets|signing-keys|\/file$|toggle-login|\/auth\/|\/log(in|out)|setup|device-link/;
const REFUSED = [401, 403, 404];

describe('who may make credentials', () => {
  let app: TestPlatform;
  let people: People;
  let callers: Caller[];
  let place: Place;

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        licensing: {},
        mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } },
        workflows: {},
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    catchMails(app);
    people = await makePeople(app);
    callers = await makeCallers(app, people, SCOPES);
    const mailboxes: Record<string, string> = {};
    for (const [name, person] of Object.entries(people)) mailboxes[name] = await mailboxOf(app, person, `box-${name}`);
    let numbers = 0;
    place = { app, people, mailboxes, next: () => ++numbers };
  });
  after(() => app.stop());

  it('is said of every operation', () => {
    const known = new Set([...CREDENTIALS.map(({ route }) => route), ...PROVED_OTHERWISE]);
    const found = app.platform.routes
      .filter(({ method, path }) => method !== 'GET' && ABOUT_CREDENTIALS.test(path))
      .map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(
      [...new Set(found)].filter((route) => !known.has(route)),
      [],
      'add a row to credential-table.ts',
    );
  });

  for (const { route, about, does, mayBy } of CREDENTIALS) {
    it(`lets only those ${route}${about ? ` (${about})` : ''} who may`, async () => {
      const wrong: string[] = [];
      for (const caller of callers) {
        const { status, text, body } = await does(place, caller.http, caller);
        // The licence API asks a stranger for code and address; of people their second factor is asked.
        const isRefused = body.code === 'MISSING_LICENSE' || (REFUSED.includes(status) && body.code !== 'invalid_otp');
        const isSuspended = caller.person === 'suspended' && status === 401;
        if (isRefused === !mayBy(caller) || isSuspended) continue;
        wrong.push(`${caller.name}: ${status} ${text.slice(0, 200)}`);
      }
      assert.deepEqual(wrong, []);
    });
  }

  it('gives a key no more than its maker has, whatever it asks for', async () => {
    const scopes = Object.keys(app.services.catalogue.scopes);
    const wrong: string[] = [];
    for (const caller of callers.filter(({ person }) => person !== 'suspended')) {
      const whole = await caller.http.post('/api/v2/api-keys', { name: 'whole' });
      if (whole.status === 403) continue;
      const had = caller.scopes;
      if (had && JSON.stringify(whole.body.scopes) !== JSON.stringify(had)) wrong.push(`${caller.name}: ${whole.text}`);
      for (const scope of scopes) {
        const { status } = await caller.http.post('/api/v2/api-keys', { name: 'one', scopes: [scope] });
        const has = !had || had.includes(scope) || had.includes(scope.replace(/:read$/, ':manage'));
        if (status < 300 && !has) wrong.push(`${caller.name} made a key for ${scope}`);
      }
      const made = app.http.apiKey(whole.body.raw_key);
      if (caller.isKey && !had?.includes('admin:manage') && (await made.get('/api/v2/admin/users')).status < 400) {
        wrong.push(`${caller.name} made a super-admin's key`);
      }
    }
    assert.deepEqual(wrong, []);
  });
});
