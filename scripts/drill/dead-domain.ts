/** Ten thousand mails for a domain that does not answer wait in the queue; a mail for another one must not wait with them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_TOKEN, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { startRelay } from './relay.ts';

const MAILS = 10_000;
const RECIPIENTS_EACH = 50;
const LONGEST_WAIT_MS = 60_000;

/** Gives 1 when the other domain's mail did not get through, else 0. */
export async function drillDeadDomain(): Promise<number> {
  const folder = temporaryFolder();
  const relay = await startRelay();
  const routes = { 'dead.example': '127.0.0.1:9', 'alive.example': `127.0.0.1:${relay.port}` };
  const platform = await startPlatformProcess(folder.path, {
    PATCHBAY_MAILER: JSON.stringify({ transport: 'mx', mx: { connectSeconds: 5, routes } }),
  });
  const send = async (to: string[], subject: string): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${platform.ready.http}/api/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ROOT_TOKEN}` },
      body: JSON.stringify({ from: 'drill@example.com', to, subject, text: 'x' }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  await fetch(`http://127.0.0.1:${platform.ready.http}/api/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ROOT_TOKEN}` },
    body: '{"local":"drill"}',
  });
  for (let batch = 0; batch < MAILS / RECIPIENTS_EACH; batch++) {
    await send(
      Array.from({ length: RECIPIENTS_EACH }, (_, index) => `x${batch}-${index}@dead.example`),
      'dead',
    );
  }
  const startedAt = performance.now();
  await send(['you@alive.example'], 'alive');
  while (!relay.received.has('alive') && performance.now() - startedAt < LONGEST_WAIT_MS) await sleep(10);
  const isThrough = relay.received.has('alive');
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    isThrough
      ? `with ${MAILS} mails queued for a dead domain, another one's mail was through after ${seconds} s`
      : `another domain's mail was not through after ${seconds} s`,
  );
  platform.process.kill('SIGKILL');
  await relay.close();
  folder.remove();
  return isThrough ? 0 : 1;
}
