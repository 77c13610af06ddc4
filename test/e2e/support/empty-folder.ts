/**
 * A server as it is the first time that somebody starts it: on an empty folder, told nothing but free ports, with its own
 * clock. Whoever visits it has the link that the first start prints, and the pages; a restart begins it anew, as `start` does.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '#core/observability/log.ts';
import { createPlatform, type Platform } from '#core/platform.ts';
import { type Client, createClient } from '#core/testing/client.ts';
import { insidesOf } from '#core/testing/harness.ts';
import { freePort } from '#test/support/free-port.ts';
import type { Insides } from '#test/support/insides.ts';
import type { Visitor } from './visitor.ts';

export const FIRST = { email: 'ada@acme.example', password: 'a long secret 4711' };

export interface EmptyServer {
  url: string;
  smtpPort: number;
  /** The path of the link that the terminal shows. */
  setUpLink: string;
  /** What a program of somebody's own calls. */
  http: Client;
  stop(): Promise<void>;
}

/** The least that argon2 takes: the real function, 0.1 ms instead of 20. */
const QUICK_HASHES = { memoryCost: 8, timeCost: 1 };

export async function startEmpty(): Promise<EmptyServer> {
  const [port, smtpPort] = [await freePort(), await freePort()];
  const dataDir = await mkdtemp(join(tmpdir(), 'patchbay-empty-'));
  const overrides = { dataDir, http: { port }, plugins: { mail: { smtp: { port: smtpPort } } } };
  let platform = await serve();
  const url = `http://127.0.0.1:${port}`;
  const token = await insidesOf<Insides>(platform).registration.setupLink();
  return {
    url,
    smtpPort,
    setUpLink: `/setup?token=${token}`,
    http: createClient(url),
    async stop() {
      await platform.stop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };

  async function serve(): Promise<Platform> {
    const log = createLog({ level: 'silent' });
    const built = await createPlatform({ env: {}, overrides, log, passwordCost: QUICK_HASHES });
    await built.start();
    built.onRestart(() => void restart());
    return built;
  }

  async function restart(): Promise<void> {
    await platform.stop();
    platform = await serve();
  }
}

/** From the printed link to the first steps, as the first administrator. */
export async function setUp({ page, open, sees }: Visitor, { setUpLink }: EmptyServer): Promise<void> {
  await open(setUpLink);
  await page.getByLabel('E-mail address').fill(FIRST.email);
  await page.getByLabel('New password').fill(FIRST.password);
  await page.getByRole('button', { name: 'Set up' }).click();
  await sees('First steps');
}

/** On a page of the server's settings where something waits for it. */
export async function restartByMouse({ page, expectProblem }: Visitor): Promise<void> {
  // While it is away nothing answers, and the page says so itself.
  expectProblem(/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|status of 503|net::/);
  await page.getByRole('button', { name: 'Restart now' }).click();
  await page.getByText('The server is back').waitFor();
  await page.getByText('Some settings take effect after a restart').waitFor({ state: 'detached' });
}
