/** The manifests: what they say is what Kubernetes knows, names lead to what is there, and the configuration is one of Patchbay's. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { patchbay, ROOT } from '#test/support/command-line.ts';

const FOLDER = join(ROOT, 'deploy', 'kubernetes');
const TYPESCRIPT = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
/** Where the package has a version of the API. */
const MODELS = join(ROOT, 'node_modules', 'kubernetes-models');
/** Kinds that an operator brings: no part of Kubernetes itself. */
const OF_OPERATORS = ['postgresql.cnpg.io/v1'];

const documents: any[] = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'), { merge: true }).map((document) => {
    assert.deepEqual(document.errors, [], file);
    return document.toJS();
  }),
);
const own = documents.filter(({ apiVersion }) => !OF_OPERATORS.includes(apiVersion));
const named = (kind: string, name = 'patchbay') =>
  own.find((one) => one.kind === kind && one.metadata.name === name) ?? assert.fail(`no ${kind} ${name}`);

/**
 * What TypeScript says of manifests, by the types that are made of Kubernetes' own OpenAPI document: keys that nobody knows, which
 * Kubernetes would pass over in silence, missing ones, and values of another type.
 */
function problemsOf(manifests: readonly any[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-kubernetes-'));
  const lines = manifests.map(
    (one, index) =>
      `import type { I${one.kind} as T${index} } from 'kubernetes-models/${one.apiVersion}';\n` +
      `export const m${index}: T${index} = ${JSON.stringify(one, null, 2)};\n`,
  );
  writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: 'esnext',
    moduleResolution: 'bundler',
    paths: { 'kubernetes-models/*': [`${MODELS}/*`] },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['manifests.ts'] }));
  const { stdout, stderr } = spawnSync(process.execPath, [TYPESCRIPT, '--project', folder, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  return stdout + stderr;
}

describe('deploy/kubernetes', function () {
  this.timeout(120_000);

  it('says what Kubernetes knows, in shape and in values', async () => {
    assert.equal(problemsOf(own), '');
    for (const manifest of own) {
      const models = await import(`kubernetes-models/${manifest.apiVersion}`);
      const model = new models[manifest.kind](manifest);
      assert.doesNotThrow(() => model.validate(), `${manifest.kind} ${manifest.metadata.name}`);
    }
  });

  it('would be told of a key that is misspelled, missing or of another type', () => {
    const changed = (change: (spec: any) => void): any => {
      const copy = structuredClone(named('Deployment'));
      change(copy.spec);
      return copy;
    };
    const wrong = [
      changed((spec) => Object.assign(spec, { repplicas: 2 })),
      changed((spec) => delete spec.selector),
      changed((spec) => Object.assign(spec.template.spec.containers[0].readinessProbe, { periodSeconds: '5s' })),
    ];
    assert.equal(problemsOf(wrong).match(/error TS/g)?.length, wrong.length);
  });

  it('leads from each name to what is there', () => {
    const { spec } = named('Deployment');
    const { labels } = spec.template.metadata;
    const [container] = spec.template.spec.containers;
    assert.deepEqual(spec.selector.matchLabels, labels);
    assert.deepEqual(named('PodDisruptionBudget').spec.selector.matchLabels, labels);
    assert.ok(named('PodDisruptionBudget').spec.minAvailable < spec.replicas);
    const ports = container.ports.map((port: any) => port.name);
    for (const service of [named('Service'), named('Service', 'patchbay-smtp')]) {
      assert.deepEqual(service.spec.selector, labels);
      for (const port of service.spec.ports) assert.ok(ports.includes(port.targetPort), port.targetPort);
    }
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      assert.ok(ports.includes(container[probe].httpGet.port), probe);
    }
    const volumes = new Map<string, any>(spec.template.spec.volumes.map((volume: any) => [volume.name, volume]));
    for (const { name } of container.volumeMounts) assert.ok(volumes.has(name), name);
    named('PersistentVolumeClaim', volumes.get('data').persistentVolumeClaim.claimName);
    named('ConfigMap', volumes.get('site').configMap.name);
    const [path] = named('Ingress').spec.rules[0].http.paths;
    const { name, port } = path.backend.service;
    assert.ok(named('Service', name).spec.ports.some((one: any) => one.name === port.name));
    const exposed = /^EXPOSE (.+)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))?.[1]?.split(' ');
    assert.deepEqual(
      container.ports.map((one: any) => String(one.containerPort)),
      exposed,
    );
  });

  it('reads Secrets that its head says how to make, or that the operator makes', () => {
    const text = readFileSync(join(FOLDER, 'patchbay.yaml'), 'utf8');
    const cluster = documents.find(({ kind }) => kind === 'Cluster');
    const [container] = named('Deployment').spec.template.spec.containers;
    const keys = container.env.flatMap((one: any) => one.valueFrom?.secretKeyRef ?? []);
    assert.equal(keys.length, 2);
    for (const { name, key } of keys) {
      const isMadeByHand = text.includes(`create secret generic ${name} --from-literal=${key}=`);
      assert.ok(isMadeByHand || (name === `${cluster.metadata.name}-app` && key === 'uri'), name);
    }
  });

  it('sets what Patchbay knows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-kubernetes-'));
    const [container] = named('Deployment').spec.template.spec.containers;
    const [, file] =
      /^\/site\/(.+)$/.exec(container.env.find((one: any) => one.name === 'PATCHBAY_CONFIG').value) ?? [];
    const path = join(folder, 'patchbay.yaml');
    writeFileSync(path, named('ConfigMap').data[file ?? '']);
    const env = {
      PATCHBAY_CONFIG: path,
      PATCHBAY_DATADIR: join(folder, 'data'),
      PATCHBAY_SECRET: 'a'.repeat(64),
      DATABASE_URL: 'postgresql://patchbay:secret@patchbay-postgres-rw.default:5432/patchbay',
    };
    const { code, err } = await patchbay(['check'], env);
    rmSync(folder, { recursive: true });
    assert.deepEqual([code, err], [0, '']);
  });

  it('is named in the guide', () => {
    const guide = readFileSync(join(ROOT, 'docs', 'scaling.md'), 'utf8');
    for (const file of readdirSync(FOLDER)) assert.ok(guide.includes(`deploy/kubernetes/${file}`), file);
  });
});
