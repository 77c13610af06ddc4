/** (a) GET /api/v2/users/me with an API key, against a bare Koa route that answers the same JSON. */
import {
  ADMIN,
  type Figure,
  median,
  runHttpLoad,
  startPlatformProcess,
  startScript,
  temporaryFolder,
  warmUp,
} from './processes.ts';

const ROUNDS = 3;
/** Headers that every answer has. */
const OF_NODE = ['content-type', 'content-length', 'date', 'connection', 'keep-alive'];
const LOAD = { path: '/api/v2/users/me', seconds: 4, connections: 20 };

export async function measureApi(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const platform = await startPlatformProcess(folder.path);
  const port = String(platform.ready.http);
  const apiKey = await makeKey(port);
  const sample = await fetch(`http://127.0.0.1:${port}${LOAD.path}`, { headers: { 'x-api-key': apiKey } });
  const same = await sample.text();
  const bare = await startScript('./bare-koa.ts', [same]);
  // What browsers are told with each answer has its price, whoever answers.
  const told = [...sample.headers].filter(([name]) => !OF_NODE.includes(name));
  const dressed = await startScript('./bare-koa.ts', [same, JSON.stringify(Object.fromEntries(told))]);

  await warmUp((seconds) => runHttpLoad({ ...LOAD, seconds, port: bare.ready.http }));
  await warmUp((seconds) => runHttpLoad({ ...LOAD, seconds, port, headers: { 'x-api-key': apiKey } }));
  await warmUp((seconds) => runHttpLoad({ ...LOAD, seconds, port: dressed.ready.http }));
  const ratios: number[] = [];
  const dressedRatios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const limit = await runHttpLoad({ ...LOAD, port: bare.ready.http });
    const ours = await runHttpLoad({ ...LOAD, port, headers: { 'x-api-key': apiKey } });
    const withHeaders = await runHttpLoad({ ...LOAD, port: dressed.ready.http });
    if (ours.failures) throw new Error(`${ours.failures} requests failed`);
    ratios.push((ours.perSecond ?? 0) / (limit.perSecond ?? 1));
    dressedRatios.push((withHeaders.perSecond ?? 0) / (limit.perSecond ?? 1));
    const [me, koa, headers] = [ours, limit, withHeaders].map(({ perSecond = 0 }) => Math.round(perSecond));
    console.log(`        users/me: ${me}/s, bare Koa: ${koa}/s, with the same headers: ${headers}/s`);
  }
  await bare.stop();
  await dressed.stop();
  await platform.stop();
  folder.remove();
  const ratio = median(ratios);
  return [
    {
      what: `users/me with an API key, of bare Koa (bare Koa with the same headers: ${median(dressedRatios).toFixed(2)})`,
      value: ratio.toFixed(2),
      target: 'at least 0.85',
      isMet: ratio >= 0.85,
    },
  ];
}

async function makeKey(port: string): Promise<string> {
  const base = `http://127.0.0.1:${port}/api/v2`;
  const post = async (
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<Record<string, string>> => {
    const answer = await fetch(base + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return answer.json() as Promise<Record<string, string>>;
  };
  const { access_token } = await post('/auth/login', { email: ADMIN.email, password: ADMIN.password });
  const { raw_key } = await post('/api-keys', { name: 'bench' }, { authorization: `Bearer ${access_token}` });
  if (!raw_key) throw new Error('no API key');
  return raw_key;
}
