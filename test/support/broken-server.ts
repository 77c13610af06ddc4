/** A mail server that fails at one place of a session, for tests; everywhere else it takes what comes. */
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface BrokenServer {
  port: number;
  sessions: number;
  taken: number;
  /** What MAIL said. */
  senders: string[];
  close(): Promise<void>;
}

interface Broken {
  /** What each place answers; '' closes the connection. */
  greeting?: string;
  recipient?: string;
  content?: string;
  /** Takes commands together (RFC 2920). */
  pipelining?: boolean;
  /** Offered, and then: */
  startTls?: 'closes' | 'garbage' | 'refuses';
}

export async function startBrokenServer(broken: Broken): Promise<BrokenServer> {
  const open = new Set<Socket>();
  const about: BrokenServer = {
    port: 0,
    sessions: 0,
    taken: 0,
    senders: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
  const server = createServer((socket) => {
    about.sessions += 1;
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    converse(socket, broken, about);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  about.port = (server.address() as AddressInfo).port;
  return about;
}

function converse(socket: Socket, broken: Broken, about: BrokenServer): void {
  const say = (reply: string): void => void (reply === '' ? socket.end() : socket.write(`${reply}\r\n`));
  let isContent = false;
  let isRefused = false;
  let isOver = false;
  let rest = '';
  say(broken.greeting ?? '220 broken');
  socket.on('data', (chunk) => {
    if (isOver) return;
    rest += chunk.toString('latin1');
    for (let end = rest.indexOf('\r\n'); end >= 0 && !isOver; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (isContent) takeContent(line);
      else answer(line.toUpperCase());
    }
  });

  function takeContent(line: string): void {
    if (line !== '.') return;
    isContent = false;
    if (broken.content === undefined) about.taken += 1;
    say(broken.content ?? '250 taken');
  }

  function answer(line: string): void {
    if (line === 'STARTTLS') startTls();
    else say(replyTo(line));
  }

  function replyTo(line: string): string {
    if (line.startsWith('EHLO')) {
      const offered = [
        ...(broken.startTls ? ['STARTTLS'] : []),
        ...(broken.pipelining ? ['PIPELINING'] : []),
        '8BITMIME',
      ];
      return [
        '250-broken',
        ...offered.map((word, index) => `250${index < offered.length - 1 ? '-' : ' '}${word}`),
      ].join('\r\n');
    }
    if (line.startsWith('MAIL')) about.senders.push(line);
    if (line.startsWith('RCPT')) {
      isRefused = !(broken.recipient ?? '250').startsWith('250');
      return broken.recipient ?? '250 ok';
    }
    if (line === 'DATA' && isRefused) return '503 no recipients';
    isContent = line === 'DATA';
    return isContent ? '354 go on' : '250 ok';
  }

  function startTls(): void {
    if (broken.startTls === 'refuses') {
      say('454 not now');
      return;
    }
    isOver = true;
    socket.write('220 go on\r\n');
    if (broken.startTls === 'closes') return void socket.end();
    socket.once('data', () => socket.write('this is no TLS\r\n'));
  }
}
