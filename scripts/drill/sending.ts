/** Kills the process while it sends, with a relay outside that is also away now and then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { kill } from './kill.ts';
import { startRelay } from './relay.ts';

const SENDERS = 5;
const LONGEST_WAIT_MS = 120_000;

/** Gives how many acknowledged mails never reached the relay. */
export async function drillSending(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const acknowledged = new Set<string>();
  const relay = await startRelay();
  const { received } = relay;
  const start = (): Promise<Running> =>
    startPlatformProcess(folder.path, {
      PATCHBAY_MAILER: JSON.stringify({ transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } }),
    });

  for (let round = 1; round <= rounds; round++) {
    const platform = await start();
    const base = `http://127.0.0.1:${platform.ready.http}`;
    await call(base, '/api/create', { local: 'drill' }).catch(() => null);
    const load = Array.from({ length: SENDERS }, (_, index) => send(base, `${round}-${index}`, acknowledged));
    await sleep(300 + Math.random() * 1_200);
    await kill(platform);
    await Promise.all(load);
    console.log(`round ${round}: killed; ${acknowledged.size} mails acknowledged, ${received.size} at the relay`);
  }

  const platform = await start();
  const deadline = Date.now() + LONGEST_WAIT_MS;
  const missing = (): number => [...acknowledged].filter((subject) => !received.has(subject)).length;
  while (missing() > 0 && Date.now() < deadline) await sleep(200);
  await platform.stop();
  await relay.close();
  folder.remove();
  const twice = [...received.values()].filter((times) => times > 1).length;
  console.log(
    `${acknowledged.size} mails acknowledged, ${missing()} lost; ${twice} came twice, because a kill came between the relay's answer and its record`,
  );
  return missing();
}

async function send(base: string, prefix: string, acknowledged: Set<string>): Promise<void> {
  for (let number = 0; ; number++) {
    const subject = `drill ${prefix}-${number}`;
    try {
      const mail = { from: 'drill@example.com', to: 'you@else.example', subject, text: 'x' };
      const answer = await call(base, '/api/send', mail);
      if (answer.status === 200) acknowledged.add(subject);
    } catch {
      return;
    }
  }
}

async function call(base: string, path: string, body: object): Promise<Response> {
  const answer = await fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ROOT_TOKEN}` },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return answer;
}
