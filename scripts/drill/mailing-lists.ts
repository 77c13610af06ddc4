/** A list server of the world outside: one list that marks its mail as RFC 2919 and RFC 2369 ask, and one that marks nothing. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';

export interface ListServer {
  port: number;
  /** Mails that came for the lists. */
  posts(): number;
  /** Copies that members have taken, or refused for good. */
  copies(): number;
  close(): Promise<void>;
}

export const DOMAIN = 'lists.example';
const MARKS = [
  `List-Id: <good.${DOMAIN}>`,
  `List-Post: <mailto:good@${DOMAIN}>`,
  `List-Unsubscribe: <mailto:good-leave@${DOMAIN}>`,
  'Precedence: list',
];
const RETRY_MS = 1_000;
const ENVELOPE_FROM = `bounces@${DOMAIN}`;

export async function startListServer(members: readonly { address: string; port: number }[]): Promise<ListServer> {
  let [posts, copies] = [0, 0];
  let isClosed = false;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 500,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address.split('@')[0]);
        done();
        for (const list of to) if (list === 'good' || list === 'bare') void post(list, Buffer.concat(chunks));
      });
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    posts: () => posts,
    copies: () => copies,
    close() {
      isClosed = true;
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };

  async function post(list: 'good' | 'bare', raw: Buffer): Promise<void> {
    posts++;
    await Promise.all(members.map((member) => give(member, list, raw)));
  }

  /** Again and again: who is away now comes back. */
  async function give({ address, port }: { address: string; port: number }, list: 'good' | 'bare', raw: Buffer) {
    const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    const text = list === 'good' ? Buffer.concat([Buffer.from(`${MARKS.join('\r\n')}\r\n`), raw]) : answeredToAll(raw);
    const envelope = { from: ENVELOPE_FROM, to: address };
    const isGiven = () =>
      transport.sendMail({ envelope, raw: text }).then(
        () => true,
        ({ responseCode }) => responseCode >= 500,
      );
    while (!isClosed && !(await isGiven())) await sleep(RETRY_MS);
    copies++;
    transport.close();
  }
}

/** What an answer to the bare list reaches is the list: its address stands in From and Reply-To. */
function answeredToAll(raw: Buffer): Buffer {
  const [head = '', ...body] = raw.toString('latin1').split('\r\n\r\n');
  const fields = head.split(/\r\n(?![ \t])/).filter((field) => !/^(?:from|reply-to|return-path):/i.test(field));
  const own = [`From: somebody <bare@${DOMAIN}>`, `Reply-To: bare@${DOMAIN}`];
  return Buffer.from([[...own, ...fields].join('\r\n'), ...body].join('\r\n\r\n'), 'latin1');
}
