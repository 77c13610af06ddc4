/** SMTP for tests: an ordinary client, and a raw one that says exactly what it is told. */
import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';

/** Sends one mail as an ordinary client does. */
export async function sendMail(port: number, mail: Parameters<ReturnType<typeof createTransport>['sendMail']>[0]) {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  try {
    return await transport.sendMail(mail);
  } finally {
    transport.close();
  }
}

export interface RawSmtp {
  socket: Socket;
  /** Writes the text as it is. */
  write(text: string | Buffer): void;
  /** The next whole reply (multi-line replies as one), or '' when the server has closed. */
  reply(): Promise<string>;
  /** Writes a line and gives its reply. */
  say(line: string): Promise<string>;
  /** From the greeting to the 354 of DATA. */
  untilData(from: string, to: string): Promise<string>;
  close(): void;
}

export async function rawSmtp(port: number): Promise<RawSmtp> {
  const socket = connect(port, '127.0.0.1');
  let buffer = '';
  let isClosed = false;
  let wake = (): void => {};
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  const client: RawSmtp = {
    socket,
    write: (text) => void socket.write(text),
    async reply() {
      for (;;) {
        const match = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(buffer);
        if (match) {
          buffer = buffer.slice(match[0].length);
          return match[0].trim();
        }
        if (isClosed) return '';
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    say(line) {
      client.write(`${line}\r\n`);
      return client.reply();
    },
    async untilData(from, to) {
      await client.say('EHLO test');
      await client.say(`MAIL FROM:<${from}>`);
      const accepted = await client.say(`RCPT TO:<${to}>`);
      return accepted.startsWith('250') ? client.say('DATA') : accepted;
    },
    close: () => socket.destroy(),
  };
  await client.reply();
  return client;
}
