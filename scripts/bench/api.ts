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
const LOAD = { path: '/api/v2/users/me', seconds: 4, connections: 20 };

export async function measureApi(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const platform = await startPlatformProcess(folder.path);
  const port = String(platform.ready.http);
  const apiKey = await makeKey(port);
  const same = await (await fetch(`http://127.0.0.1:${port}${LOAD.path}`, { headers: { 'x-api-key': apiKey } })).text();
  const bare = await startScript('./bare-koa.ts', [same]);

  await warmUp((seconds) => runHttpLoad({ ...LOAD, seconds, port: bare.ready.http }));
  await warmUp((seconds) => runHttpLoad({ ...LOAD, seconds, port, headers: { 'x-api-key': apiKey } }));
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const limit = await runHttpLoad({ ...LOAD, port: bare.ready.http });
    const ours = await runHttpLoad({ ...LOAD, port, headers: { 'x-api-key': apiKey } });
    if (ours.failures) throw new Error(`${ours.failures} requests failed`);
    ratios.push((ours.perSecond ?? 0) / (limit.perSecond ?? 1));
    console.log(
      `        users/me: ${Math.round(ours.perSecond ?? 0)}/s, bare Koa: ${Math.round(limit.perSecond ?? 0)}/s`,
    );
  }
  await bare.stop();
  await platform.stop();
  folder.remove();
  const ratio = median(ratios);
  return [
    {
      what: 'users/me with an API key, of bare Koa',
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
