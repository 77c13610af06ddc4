/**
 * Load over HTTP from a process of its own: keep-alive connections, one request after another on each; or, with
 * `perSecond`, so many a second however long the answers take (so that waiting counts as latency).
 */
import http from 'node:http';

export interface HttpLoad {
  port: unknown;
  path: string;
  seconds: number;
  connections: number;
  headers?: Record<string, string>;
  /** A POST with this JSON; `{n}` in it becomes a number below `numbers`, drawn for each request. */
  body?: string;
  numbers?: number;
  perSecond?: number;
}

const load: HttpLoad = JSON.parse(process.argv[2] ?? '{}');
const { body: template } = load;
const agent = new http.Agent({ keepAlive: true, maxSockets: load.connections });
const latencies: number[] = [];
let failures = 0;

const startedAt = performance.now();
const until = startedAt + load.seconds * 1000;
await (load.perSecond ? paced(load.perSecond) : saturated());
const elapsed = (performance.now() - startedAt) / 1000;
agent.destroy();
latencies.sort((a, b) => a - b);
console.log(JSON.stringify({ perSecond: latencies.length / elapsed, failures, p50: at(0.5), p99: at(0.99) }));

async function saturated(): Promise<void> {
  await Promise.all(
    Array.from({ length: load.connections }, async () => {
      while (performance.now() < until) await measured(performance.now());
    }),
  );
}

async function paced(perSecond: number): Promise<void> {
  const under: Promise<void>[] = [];
  for (let sent = 0; performance.now() < until; await new Promise((resolve) => setTimeout(resolve, 1))) {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; sent < due; sent++) under.push(measured(startedAt + (sent / perSecond) * 1000));
  }
  await Promise.all(under);
}

async function measured(began: number): Promise<void> {
  if ((await request()) >= 300) failures++;
  latencies.push(performance.now() - began);
}

function request(): Promise<number> {
  const body = template?.replaceAll('{n}', String(Math.floor(Math.random() * (load.numbers ?? 1))));
  const options = {
    port: Number(load.port),
    host: '127.0.0.1',
    path: load.path,
    agent,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...load.headers,
      ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    },
  };
  return new Promise((resolve, reject) => {
    const call = http.request(options, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end(body);
  });
}

function at(share: number): number {
  return latencies[Math.floor(latencies.length * share)] ?? 0;
}
