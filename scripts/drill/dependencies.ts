/**
 * What an installation depends on, in the world outside: a payment provider, a relay, a model, a server of tools, receivers of
 * webhooks and callbacks. All of it refuses at once, and comes back. What it hears meanwhile is kept.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMailServer } from '#test/support/mail-server.ts';
import { type FakeStripe, startStripe } from '#test/support/stripe.ts';
import { startTcpProxy } from '#test/support/tcp-proxy.ts';

export interface Dependencies {
  stripe: FakeStripe;
  /** Of receivers, tools and the model. */
  url: string;
  /** The settings of an installation that depends on them. */
  settings: NodeJS.ProcessEnv;
  /** Nothing answers any more: connections that are open are reset, and new ones refused. */
  shut(): void;
  open(): void;
  /** All that has come in since the last `open`, as text. */
  heard(): string;
  close(): Promise<void>;
}

const ANSWER = JSON.stringify({
  id: 'x',
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: '{"action":"reply","text":"hello"}' },
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

export async function startDependencies(now: () => number): Promise<Dependencies> {
  const bodies: string[] = [];
  const stripe = await startStripe(now);
  const relay = await startMailServer();
  const web = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(`${request.url} ${body}`);
      response.setHeader('content-type', 'application/json');
      response.end(request.url?.endsWith('/chat/completions') ? ANSWER : '{}');
    });
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const portOf = (url: string): number => Number(new URL(url).port);
  const proxies = await Promise.all(
    [portOf(stripe.url), relay.port, (web.address() as AddressInfo).port].map((port) =>
      startTcpProxy({ host: '127.0.0.1', port }),
    ),
  );
  const [stripePort = 0, relayPort = 0, webPort = 0] = proxies.map(({ port }) => port);
  const url = `http://127.0.0.1:${webPort}`;
  let asked = 0;

  return {
    stripe,
    url,
    settings: {
      PATCHBAY_MAILER: JSON.stringify({ transport: 'smtp', smtp: { host: '127.0.0.1', port: relayPort } }),
      PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']),
      PATCHBAY_PLUGINS__BILLING__PROVIDER: 'stripe',
      PATCHBAY_PLUGINS__BILLING__STRIPE: JSON.stringify({
        ...stripe.config,
        apiBase: `http://127.0.0.1:${stripePort}`,
      }),
      PATCHBAY_PLUGINS__AI_REPLIES__PROVIDERS: JSON.stringify({
        fake: {
          kind: 'openai-compatible',
          baseUrl: `${url}/v1`,
          apiKey: 'k',
          model: 'm',
          schemas: true,
          shared: true,
        },
      }),
      PATCHBAY_PLUGINS__AI_REPLIES__GATHER: JSON.stringify({ pauseSeconds: 1, mostSeconds: 3 }),
    },
    shut() {
      for (const proxy of proxies) {
        proxy.shut();
        proxy.cut();
      }
    },
    open() {
      bodies.length = 0;
      relay.received.length = 0;
      asked = stripe.requests.length;
      for (const proxy of proxies) proxy.open();
    },
    heard: () =>
      [...bodies, ...relay.received.map(({ raw }) => raw), JSON.stringify(stripe.requests.slice(asked))].join('\n'),
    async close() {
      for (const proxy of proxies) await proxy.stop();
      await relay.close();
      await stripe.stop();
      web.closeAllConnections();
      await new Promise((resolve) => web.close(resolve));
    },
  };
}
