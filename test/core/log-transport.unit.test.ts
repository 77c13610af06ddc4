/** Without a mail server the log has what somebody waits for, the links of mails, and the text of none. */
import assert from 'node:assert/strict';
import { logTransport } from '#core/mailer/transports.ts';
import { createLog } from '#core/observability/log.ts';

describe('mailer.transport: log', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(line) } });
  const transport = logTransport(log);
  const signal = new AbortController().signal;
  beforeEach(() => {
    lines.length = 0;
  });

  it('writes to whom a mail is, its subject and its links', async () => {
    const link = 'http://localhost:5000/auth/invitation?token=abc_-123';
    const text = `Dear Ada,\n\nopen <${link}> or (${link}).\nYour salary is 5000.\n`;
    await transport.send({ from: 'a@x.example', to: ['ada@x.example'], subject: 'Invitation', text }, signal);
    const [line = ''] = lines;
    const entry = JSON.parse(line);
    assert.deepEqual([entry.to, entry.subject], [['ada@x.example'], 'Invitation']);
    assert.deepEqual(entry.links, [link, link]);
    assert.doesNotMatch(line, /salary/);
  });

  it('writes nothing of what people send', async () => {
    const raw = Buffer.from('Subject: Secret\r\n\r\nMy diary https://x.example/private\r\n');
    const envelope = { from: 'a@x.example', to: ['b@y.example'] };
    await transport.deliver({ envelope, raw, idempotencyKey: 'x' }, signal);
    assert.doesNotMatch(lines.join(), /Secret|diary|private/);
    assert.equal(JSON.parse(lines[0] ?? '').bytes, raw.length);
  });
});
