/**
 * (k) Search in knowledge: 10 000 and 100 000 passages, by words alone and by meaning too, question after question, each another
 * one. Texts are Chinese and English words that are as unequally frequent as words are; vectors have 384 numbers.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { insertMany } from '#core/database/insert-many.ts';
import { createPlatform } from '#core/platform.ts';
import { DEFAULTS } from '#plugins/ai-replies/knowledge/bases.ts';
import type { Chunk } from '#plugins/ai-replies/knowledge/reading/chunks.ts';
import type { BaseRow } from '#plugins/ai-replies/knowledge/tables.ts';
import { bytesOf } from '#plugins/ai-replies/knowledge/vectors/comparison.ts';
import { type Insides, insidesOf } from '#test/support/insides.ts';
import { ADMIN, type Figure, temporaryFolder } from './processes.ts';

const DIMENSIONS = 384;
const MODEL = 'bench';
const WORDS = 5_000;
const WORDS_PER_CHUNK = 120;
const CHUNKS_PER_DOCUMENT = 500;
const QUESTIONS = 200;
const WARM_UP = 20;
const SIZES = [
  { chunks: 10_000, words: 15, meaning: 30 },
  { chunks: 100_000, words: 150, meaning: 150 },
];

export async function measureKnowledge(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const endpoint = await startEndpoint();
  const platform = await createPlatform({
    env: {},
    overrides: {
      dataDir: folder.path,
      http: { port: 0, outbound: { allow: ['127.0.0.1'] } },
      logging: { level: 'warn' },
      mailer: { transport: 'log' },
      plugins: {
        auth: { admin: ADMIN },
        'ai-replies': { embedding: { baseUrl: endpoint.url, model: MODEL, shared: true } },
        mail: { enabled: false },
      },
    },
  });
  await agree(await platform.start());
  const services = insidesOf(platform);
  const tenantId = (await services.operatorTenant.id()) ?? '';
  const figures: Figure[] = [];
  for (const { chunks, words, meaning } of SIZES) {
    const base = await fillWords(services, tenantId, chunks);
    figures.push(await measured(services, base, `${chunks} passages, by words`, words));
    await fillVectors(services);
    figures.push(await measured(services, base, `${chunks} passages, by words and meaning`, meaning));
  }
  await platform.stop();
  endpoint.stop();
  folder.remove();
  return figures;
}

async function measured(services: Insides, base: BaseRow, what: string, target: number): Promise<Figure> {
  const times: number[] = [];
  for (let number = 0; number < WARM_UP + QUESTIONS; number++) {
    const text = `请问${word()}${word()}的 ${word()} 怎么 ${word()}?`;
    const startedAt = performance.now();
    await services.knowledge.search({ tenantId: base.tenant_id, bases: [base.uuid], text });
    if (number >= WARM_UP) times.push(performance.now() - startedAt);
  }
  times.sort((one, other) => one - other);
  const [p50 = 0, p95 = 0] = [0.5, 0.95].map((share) => times[Math.floor(times.length * share)]);
  return {
    what: `search of ${what}, p95 (p50 ${p50.toFixed(1)} ms)`,
    value: `${p95.toFixed(1)} ms`,
    target: `under ${target} ms`,
    isMet: p95 < target,
  };
}

async function fillWords({ db, chunkStore }: Insides, tenantId: string, count: number): Promise<BaseRow> {
  const times = { created_at: Date.now(), updated_at: Date.now() };
  const [base] = await db
    .write('ai_replies_bases')
    .insert({ ...DEFAULTS, uuid: randomUUID(), tenant_id: tenantId, name: `Bench ${count}`, ...times })
    .returning('*');
  if (!base) throw new Error('The base was not stored');
  for (let made = 0; made < count; made += CHUNKS_PER_DOCUMENT) {
    const now = Date.now();
    const [document] = await db
      .write('ai_replies_documents')
      .insert({
        uuid: randomUUID(),
        tenant_id: tenantId,
        base: base.id,
        name: `Document ${made}`,
        state: 'waiting',
        media_type: 'text/plain',
        size_bytes: 0,
        created_at: now,
        updated_at: now,
      })
      .returning('*');
    if (!document) throw new Error('A document was not stored');
    await chunkStore.put(document, Array.from({ length: CHUNKS_PER_DOCUMENT }, chunk), {}, async () => {});
  }
  return base;
}

/** Without consent no text leaves the server, and nothing is found by meaning. */
async function agree(port: number): Promise<void> {
  const call = async (method: string, path: string, body: object, token = ''): Promise<Record<string, string>> => {
    const headers = { 'content-type': 'application/json', ...(token !== '' && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`http://127.0.0.1:${port}/api/v2${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as Record<string, string>;
  };
  const { access_token } = await call('POST', '/auth/login', { email: ADMIN.email, password: ADMIN.password });
  await call('PATCH', '/tenant/settings', { ai_consent_enabled: true }, access_token);
}

/** Of all chunks that have none. */
async function fillVectors({ db }: Insides): Promise<void> {
  for (;;) {
    const without: { id: number; base: number }[] = await db.read.raw(
      `select id, base from ai_replies_chunks
       where id > coalesce((select max(chunk) from ai_replies_vectors), 0) order by id limit 1000`,
    );
    if (without.length === 0) break;
    const rows = without.map(({ id, base }) => [id, base, MODEL, DIMENSIONS, bytesOf(vector())]);
    const columns = ['chunk', 'base', 'model', 'dimensions', 'vector'];
    await db.transaction((trx) => insertMany(trx, 'ai_replies_vectors', columns, rows, 'chunk'));
  }
  await db.write('ai_replies_documents').update({ embedded_by: MODEL });
}

const vocabulary = Array.from({ length: WORDS }, (_, rank) => (rank % 4 === 3 ? latinWord() : hanWord()));

/** By Zipf's law, about: the hundredth word is a hundred times as rare as the first. */
function word(): string {
  return vocabulary[Math.floor(WORDS ** Math.random()) - 1] ?? '';
}

function chunk(): Chunk {
  const words = Array.from({ length: WORDS_PER_CHUNK }, (_, place) => `${word()}${place % 8 === 7 ? '，' : ''}`);
  const text = words.join('').replace(/([a-z]+)/g, ' $1 ');
  return { headings: ['Bench'], page: null, start: 0, isRow: false, tokens: 0, text };
}

function hanWord(): string {
  return String.fromCharCode(...[0, 1].map(() => 0x4e00 + Math.floor(Math.random() * 3_000)));
}

function latinWord(): string {
  return Array.from({ length: 6 }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join('');
}

function vector(): Float32Array {
  const values = Float32Array.from({ length: DIMENSIONS }, () => Math.random() - 0.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** Embeds at once: what is measured is the platform's part, with its call. */
async function startEndpoint() {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const body = JSON.stringify({ data: [{ index: 0, embedding: [...vector()] }], usage: { total_tokens: 9 } });
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
