/** What administrators are told of by plugins, each held and over, in mails of both languages, on both databases. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LANGUAGES = ['en', 'zh'];

describe('conditions of plugins', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let holds: Map<string, () => Promise<string | null>>;

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        billing: {},
        mail: { domains: ['example.com'], smtp: { port: 0 } },
        robots: {},
        'ai-replies': {},
        workflows: {},
      },
    });
    await signInAdmin(app);
    const { platform } = app;
    holds = new Map(
      platform.plugins.flatMap(({ units }) =>
        units.flatMap(({ key, definition }) =>
          (definition.alerts ?? []).map((alert) => {
            const scope = platform.scopes.get(key);
            assert.ok(scope);
            return [alert.name, () => alert.holds(scope)] as const;
          }),
        ),
      ),
    );
  });
  after(async () => {
    await app.stop();
    takeWarnings();
  });
  const ask = (name: string) => holds.get(name)?.();
  const now = () => app.clock.now();

  it('are those of the list, and hold of nothing on an empty server', async () => {
    assert.deepEqual([...holds.keys()].sort(), [
      'ai-replies.budget',
      'mail.undelivered',
      'robots.offline',
      'workflows.failed',
    ]);
    for (const [name, look] of holds) assert.equal(await look(), null, name);
  });

  it('have their mails in both languages, and are shown with their titles', async () => {
    for (const [name, folder] of app.services.catalogue.alertTemplates)
      for (const language of LANGUAGES)
        for (const end of ['', '-over'])
          assert.ok(existsSync(new URL(`alert-${name}${end}.${language}.txt`, folder)), `${name}${end} ${language}`);
    const { http } = await signInAdmin(app);
    const { body } = await http.get('/api/platform/alerts', { 'accept-language': 'zh' });
    assert.ok(
      body.items.some(
        ({ name, title }: Record<string, string>) => name === 'robots.offline' && title === '有机器人离线',
      ),
    );
    assert.equal(body.items.length, 11);
  });

  it('robots: who was there this week and is silent for ten minutes', async () => {
    const { db } = app.services;
    const { tenantId } = await register(app);
    const robot = {
      robot_id: 'r1',
      uuid: crypto.randomUUID(),
      tenant_id: tenantId,
      name: 'Shop desk',
      channel: 'wechat',
      status: 'active' as const,
      settings: '{}',
      is_autopilot: 0,
      token_version: 1,
      is_online: 0,
      total_messages: 0,
      created_at: now(),
      updated_at: now(),
    };
    await db.write('robots_robots').insert({ ...robot, seen_at: now() - 5 * MINUTE_MS });
    assert.equal(await ask('robots.offline'), null);
    await db.write('robots_robots').update({ seen_at: now() - 11 * MINUTE_MS });
    assert.equal(await ask('robots.offline'), 'Shop desk');
    await db.write('robots_robots').update({ seen_at: now() - 8 * 24 * HOUR_MS });
    assert.equal(await ask('robots.offline'), null);
    await db.write('robots_robots').update({ seen_at: now() - 11 * MINUTE_MS, status: 'deleted' });
    assert.equal(await ask('robots.offline'), null);
  });

  it('mail: what waits for half an hour, was given up, or comes back in numbers', async () => {
    const { db } = app.services;
    const mail = (status: 'queued' | 'failed' | 'bounced') => ({
      uuid: crypto.randomUUID(),
      from_addr: 'a@example.com',
      recipients: 'b@example.org',
      subject: '',
      html: '',
      text: '',
      kind: 'composed' as const,
      status,
      headers: '{}',
      created_at: now(),
      updated_at: now(),
    });
    const [queued] = await db.write('mail_sent').insert(mail('queued')).returning('id');
    await db.write('mail_deliveries').insert({
      sent_id: Number(queued?.id),
      recipient: 'b@example.org',
      domain: 'example.org',
      envelope_from: 'a@example.com',
      status: 'queued',
      attempts: 2,
      first_try_at: now() - 29 * MINUTE_MS,
      updated_at: now(),
    });
    assert.equal(await ask('mail.undelivered'), null);
    await db.write('mail_deliveries').update({ first_try_at: now() - 31 * MINUTE_MS });
    assert.equal(await ask('mail.undelivered'), 'queued: 1');
    await db.write('mail_deliveries').delete();
    for (let count = 0; count < 9; count++) await db.write('mail_sent').insert(mail('bounced'));
    assert.equal(await ask('mail.undelivered'), null);
    await db.write('mail_sent').insert([mail('bounced'), mail('failed')]);
    assert.equal(await ask('mail.undelivered'), 'failed: 1, bounced: 10');
    await db.write('mail_sent').update({ updated_at: now() - HOUR_MS });
    assert.equal(await ask('mail.undelivered'), null);
  });

  it('budgets: used up in the day or month that it is, and not those of contacts', async () => {
    const { db } = app.services;
    const budget = (kind: 'tenant' | 'contact', period: 'day' | 'month') => ({
      uuid: crypto.randomUUID(),
      tenant_id: 'x',
      kind,
      subject: kind === 'tenant' ? '' : '*',
      period,
      micros: 1,
      created_at: now(),
      updated_at: now(),
    });
    const rows = await db
      .write('ai_replies_budgets')
      .insert([budget('tenant', 'day'), budget('contact', 'day')])
      .returning(['id', 'kind']);
    const day = Math.floor(now() / (24 * HOUR_MS));
    const told = (kind: string, percent: number) => ({
      budget: Number(rows.find((row) => row.kind === kind)?.id),
      subject: '',
      day,
      percent,
    });
    await db.write('ai_replies_budgets_told').insert([told('tenant', 80), told('contact', 100)]);
    assert.equal(await ask('ai-replies.budget'), null);
    await db.write('ai_replies_budgets_told').insert(told('tenant', 100));
    assert.equal(await ask('ai-replies.budget'), '1 (tenant)');
    await db.write('ai_replies_budgets_told').update({ day: day - 1 });
    assert.equal(await ask('ai-replies.budget'), null);
  });

  it('workflows: what failed within the last hour', async () => {
    const { http } = await signInAdmin(app);
    const definition = { document: { dsl: '1.0.0', namespace: 'a', name: 'broken', version: '1.0.0' } };
    const raise = { raise: { error: { type: 'https://example.com/no', status: 500 } } };
    const made = await http.post('/api/platform/workflows', {
      definition: { ...definition, do: [{ fail: raise }] },
    });
    assert.equal(made.status, 201, made.text);
    const started = await http.post('/api/platform/workflows/a/broken/executions', {});
    assert.ok(started.status < 300, started.text);
    await app.services.jobs.idle();
    for (let turn = 0; turn < 100 && (await ask('workflows.failed')) === null; turn++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await ask('workflows.failed'), '1 (1)');
    await app.clock.advance(HOUR_MS);
    assert.equal(await ask('workflows.failed'), null);
  });
});
