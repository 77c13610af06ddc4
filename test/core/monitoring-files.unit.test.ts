/** The dashboard and the rules that stand in deploy/ speak of what `/metrics` really shows, and are understood by Prometheus. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { promtool } from '#scripts/promtool.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const RULES = join(DEPLOY, 'prometheus', 'patchbay.rules.yml');
/** Of Prometheus itself. */
const OWN = new Set(['up']);
/** What Prometheus adds to each. */
const ADDED = new Set(['instance', 'job', 'le']);

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
}
interface Panel {
  title: string;
  targets: { expr: string }[];
  gridPos: { x: number; y: number; w: number; h: number };
}

describe('files for monitors', function () {
  this.timeout(300_000);
  let app: TestPlatform;
  let metrics: Map<string, Set<string>>;
  let rules: Rule[];
  let panels: Panel[];

  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { domains: ['example.com'], smtp: { port: 0 } }, workflows: {} },
    });
    await app.services.db
      .write('core_alerts')
      .insert({ name: 'disk-full', since: app.clock.now(), told_at: null, is_told: false });
    // What has never happened is shown without its labels.
    const { db, jobs } = app.services;
    await db.transaction((trx) => jobs.enqueue(trx, 'core.forgetOperations', { tenantid: 'x' }));
    await jobs.idle();
    const port = app.services.smtpReceiver.port();
    assert.ok(port);
    const stranger = { from: 'a@sender.example', to: 'nobody@elsewhere.example', subject: '', text: '' };
    await assert.rejects(sendMail(port, stranger));
    const admin = app.http.bearer(ROOT_TOKEN);
    await admin.get('/api/platform/alerts');
    metrics = metricsOf((await admin.get('/metrics')).text);
    rules = parse(readFileSync(RULES, 'utf8')).groups.flatMap((group: { rules: Rule[] }) => group.rules);
    panels = JSON.parse(readFileSync(join(DEPLOY, 'grafana', 'patchbay.json'), 'utf8')).panels;
  });
  after(() => app.stop());

  const expressions = (): [string, string][] => [
    ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }): [string, string] => [title, expr])),
  ];

  it('name metrics that there are', () => {
    const named = new Set<string>();
    for (const [place, expr] of expressions()) {
      const names = [...expr.matchAll(/\b(up|(?:patchbay|process|nodejs)_[a-z0-9_]+)\b/g)].map(([name]) => name);
      assert.ok(names.length > 0, place);
      for (const name of names) {
        named.add(name);
        assert.ok(OWN.has(name) || metrics.has(name), `${place}: ${name}`);
      }
    }
    assert.ok(named.size > 20);
  });

  it('choose and group by labels that those have', () => {
    const known = new Set([...metrics.values()].flatMap((labels) => [...labels]));
    for (const [place, expr] of expressions()) {
      const chosen = [...expr.matchAll(/([a-z_]+)\s*=~?"/g)].map(([, label]) => label);
      const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
      for (const label of [...chosen, ...grouped])
        assert.ok(ADDED.has(label ?? '') || known.has(label ?? ''), `${place}: ${label}`);
    }
  });

  it('say what has happened, and where one looks', () => {
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
    for (const { alert, labels, annotations } of rules) {
      assert.match(labels.severity, /^(warning|critical)$/, alert);
      assert.ok(annotations.summary.length > 0 && annotations.description.length > 0, alert);
    }
  });

  it('lay out panels that do not cover each other', () => {
    const taken = new Set<string>();
    for (const { title, gridPos } of panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(x < 24 && !taken.has(`${x} ${y}`), title);
          taken.add(`${x} ${y}`);
        }
  });

  it('are understood by Prometheus itself, those of the dashboard too', () => {
    const program = promtool();
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-monitoring-'));
    cpSync(join(DEPLOY, 'prometheus'), folder, { recursive: true });
    const record = panels
      .flatMap(({ targets }) => targets)
      .map(({ expr }, place) => ({
        record: `panel:number_${place}`,
        expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'),
      }));
    writeFileSync(join(folder, 'panels.yml'), stringify({ groups: [{ name: 'panels', rules: record }] }));
    writeFileSync(join(folder, 'tests.yml'), stringify(RULE_TESTS));
    for (const args of [
      ['check', 'config', 'prometheus.yml'],
      ['check', 'rules', 'patchbay.rules.yml', 'panels.yml'],
      ['test', 'rules', 'tests.yml'],
    ]) {
      const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
      assert.equal(status, 0, `${args.join(' ')}\n${stdout}${stderr}`);
    }
    rmSync(folder, { recursive: true, force: true });
  });
});

/** What alerts, and what does not: in the language of `promtool test rules`. */
const RULE_TESTS = {
  rule_files: ['patchbay.rules.yml'],
  evaluation_interval: '1m',
  tests: [
    {
      interval: '1m',
      input_series: [
        { series: 'up{job="patchbay",instance="a"}', values: '0x20' },
        { series: 'up{job="patchbay",instance="b"}', values: '1x20' },
        { series: 'patchbay_jobs{state="dead",instance="b"}', values: '0x20' },
        { series: 'patchbay_alert_holds{alert="disk-full",instance="b"}', values: '1x20' },
        { series: 'patchbay_alert_holds{alert="no-backup",instance="b"}', values: '0x20' },
        { series: 'patchbay_http_request_seconds_count{status="200",instance="b"}', values: '0+100x20' },
        { series: 'patchbay_http_request_seconds_count{status="500",instance="b"}', values: '0+1x20' },
      ],
      alert_rule_test: [
        {
          eval_time: '15m',
          alertname: 'PatchbayDown',
          exp_alerts: [
            expected(
              { instance: 'a', job: 'patchbay' },
              'critical',
              'a does not answer',
              'Prometheus has reached no /metrics there for five minutes. Look at the log of the service.',
            ),
          ],
        },
        { eval_time: '15m', alertname: 'PatchbayJobsGaveUp', exp_alerts: [] },
        { eval_time: '15m', alertname: 'PatchbayErrors', exp_alerts: [] },
        {
          eval_time: '15m',
          alertname: 'PatchbayCondition',
          exp_alerts: [
            expected(
              { alert: 'disk-full' },
              'warning',
              'Patchbay says: disk-full',
              'One of the conditions that Patchbay watches itself holds. The page Alerts says which, and leads to where it is mended.',
            ),
          ],
        },
      ],
    },
  ],
};

function expected(labels: Record<string, string>, severity: string, summary: string, description: string) {
  return { exp_labels: { ...labels, severity }, exp_annotations: { summary, description } };
}

/** Names of the format of Prometheus, those of histograms with their endings, and the labels that each is shown with. */
function metricsOf(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const named = (name: string) => found.get(name) ?? found.set(name, new Set()).get(name);
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    named(name);
    if (type === 'histogram') for (const ending of ['_bucket', '_sum', '_count']) named(`${name}${ending}`);
  }
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z]\w*)\{(.*)\} /gm))
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) named(name)?.add(label);
  return found;
}
