/** One mail after another on one SMTP connection, until it breaks; a mail counts once its 250 has come. */
import { connect } from 'node:net';

export interface MailSender {
  port: number;
  /** Stands before the number in each subject. */
  prefix: string;
  to: string;
  /** Told of each mail that was accepted, with the time from its envelope to its 250. */
  accepted(subject: string, ms: number): void;
  /** Asked before each mail; false ends it. */
  goesOn(): boolean;
}

/** Every so often a mail is large enough to be a file. */
const LARGE_EVERY = 10;
const LINE = `${'x'.repeat(900)}\r\n`;

export function sendMails({ port, prefix, to, accepted, goesOn }: MailSender): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let number = 0;
    let beganAt = 0;
    let state: 'greeting' | 'ehlo' | 'envelope' | 'data' = 'greeting';
    let buffer = '';
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      buffer += chunk;
      for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n')) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 1);
        if (line[3] !== '-') reply(line);
      }
    });

    function reply(line: string): void {
      if (state === 'greeting') {
        state = 'ehlo';
        socket.write('EHLO drill\r\n');
      } else if (state === 'ehlo') envelope();
      else if (state === 'envelope' && line.startsWith('354')) {
        state = 'data';
        const text = LINE.repeat(number % LARGE_EVERY === 0 ? 100 : 1);
        socket.write(`Subject: ${subject()}\r\n\r\n${text}.\r\n`);
      } else if (state === 'data') {
        if (line.startsWith('250')) accepted(subject(), performance.now() - beganAt);
        number++;
        envelope();
      }
    }

    function subject(): string {
      return `${prefix}-${number}`;
    }

    function envelope(): void {
      if (!goesOn()) return void socket.end();
      state = 'envelope';
      beganAt = performance.now();
      socket.write(`MAIL FROM:<a@sender.example>\r\nRCPT TO:<${to}>\r\nDATA\r\n`);
    }
  });
}
