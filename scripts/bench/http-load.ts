/** Load over HTTP from a process of its own: keep-alive connections, one request after another on each. */
import http from 'node:http';

const [port, path, apiKey, seconds, connections] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });
const headers = apiKey ? { 'x-api-key': apiKey } : {};
const latencies: number[] = [];
let failures = 0;

const until = performance.now() + Number(seconds) * 1000;
const startedAt = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, worker));
const elapsed = (performance.now() - startedAt) / 1000;
agent.destroy();
latencies.sort((a, b) => a - b);
console.log(JSON.stringify({ perSecond: latencies.length / elapsed, failures, p50: at(0.5), p99: at(0.99) }));

async function worker(): Promise<void> {
  while (performance.now() < until) {
    const began = performance.now();
    if ((await request()) !== 200) failures++;
    latencies.push(performance.now() - began);
  }
}

function request(): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = http.get({ port: Number(port), host: '127.0.0.1', path, agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    call.on('error', reject);
  });
}

function at(share: number): number {
  return latencies[Math.floor(latencies.length * share)] ?? 0;
}
