/**
 * Load over SMTP from a process of its own: kept-open connections with one mail after another on each, or, as most
 * senders do it, a connection for each mail. Mails per second may be bounded.
 */
import { connect } from 'node:net';

const [port, sizeBytes, seconds, connections, mode = 'kept', perSecond = '0'] = process.argv.slice(2);
const line = `${'x'.repeat(74)}\r\n`;
const header = 'From: a@sender.example\r\nTo: b@example.com\r\nSubject: load\r\nContent-Type: text/plain\r\n\r\n';
const data = Buffer.from(`${header}${line.repeat(Math.ceil((Number(sizeBytes) - header.length) / line.length))}.\r\n`);
const until = performance.now() + Number(seconds) * 1000;
let accepted = 0;
let refused = 0;

const startedAt = performance.now();
const pauseMs = Number(perSecond) > 0 ? (1000 * Number(connections)) / Number(perSecond) : 0;
await Promise.all(Array.from({ length: Number(connections) }, (_, index) => run(index)));
const elapsed = (performance.now() - startedAt) / 1000;
console.log(JSON.stringify({ perSecond: accepted / elapsed, accepted, refused }));
process.exit(0);

async function run(index: number): Promise<void> {
  do await sender(index);
  while (mode === 'once' && performance.now() < until);
}

/** Says the three commands in one packet, as RFC 2920 allows, then the message. */
function sender(index: number): Promise<void> {
  const envelope = `MAIL FROM:<a@sender.example>\r\nRCPT TO:<load${index}@example.com>\r\nDATA\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.setNoDelay(true);
    let dueAt = performance.now();
    let buffer = '';
    let expects: 'greeting' | 'ehlo' | 'envelope' | 'end' = 'greeting';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1');
      for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n')) {
        const reply = buffer.slice(0, end);
        buffer = buffer.slice(end + 1);
        if (reply[3] !== '-') onReply(reply.slice(0, 3), reply);
      }
    });

    function onReply(code: string, reply: string): void {
      if (expects === 'greeting') {
        expects = 'ehlo';
        socket.write('EHLO load\r\n');
      } else if (expects === 'ehlo') next();
      else if (expects === 'envelope') {
        if (code === '354') {
          expects = 'end';
          socket.write(data);
        } else if (code !== '250') reject(new Error(`unexpected reply ${code}`));
      } else {
        if (code === '250') accepted++;
        else {
          refused++;
          console.error(`refused: ${reply.trim()}`);
        }
        if (mode === 'once') end();
        else if (pauseMs > 0) nextWhenDue();
        else next();
      }
    }

    function end(): void {
      socket.destroy();
      resolve();
    }

    function nextWhenDue(): void {
      dueAt += pauseMs;
      setTimeout(next, Math.max(0, dueAt - performance.now()));
    }

    function next(): void {
      if (performance.now() >= until) {
        end();
        return;
      }
      expects = 'envelope';
      socket.write(envelope);
    }
  });
}
