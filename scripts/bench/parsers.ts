/** postal-mime, which parses mail here, beside mailparser: milliseconds for mails from 1 KB to 20 MB. */
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { MemoryBlob } from '../../plugins/mail/messages/parser/memory-blob.ts';
import type { Figure } from './processes.ts';

const SIZES = [1, 20, 100, 1_000, 20_000];
const BUDGET_MS = 1_500;

export async function measureParsers(): Promise<Figure[]> {
  const figures: Figure[] = [];
  // As in the parser's thread.
  globalThis.Blob = MemoryBlob as unknown as typeof Blob;
  for (const kilobytes of SIZES) {
    const raw = mailOf(kilobytes * 1024);
    const ours = await perMail(() => PostalMime.parse(raw));
    const theirs = await perMail(() => simpleParser(raw));
    figures.push({
      what: `parsing a mail of ${kilobytes} KB: postal-mime, mailparser`,
      value: `${ours.toFixed(2)} ms, ${theirs.toFixed(2)} ms`,
      target: 'the faster one is used',
      isMet: ours <= theirs,
    });
  }
  return figures;
}

async function perMail(parse: () => Promise<unknown>): Promise<number> {
  await parse();
  let count = 0;
  const startedAt = performance.now();
  while (performance.now() - startedAt < BUDGET_MS || count === 0) {
    await parse();
    count++;
  }
  return (performance.now() - startedAt) / count;
}

/** Text, HTML and, when there is room, an attachment in base64: what most mail is made of. */
function mailOf(bytes: number): Buffer {
  const text =
    'A line of text as people write it, with a few =C3=BCmlauts and a link https://example.net/path?x=3D1 in it.\r\n';
  const lines = Math.max(1, Math.floor(Math.min(bytes, 20 * 1024) / 3 / text.length));
  const attachment = Buffer.alloc(Math.max(0, Math.floor((bytes - 20 * 1024) * 0.73)), 'x')
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n');
  return Buffer.from(
    [
      'From: =?utf-8?q?J=C3=BCrgen?= <juergen@sender.example>\r\nTo: ada@example.com\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\nMIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n',
      `--inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${text.repeat(lines)}`,
      `--inner\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>${text.repeat(lines)}</p>`,
      '--inner--\r\n--outer\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf',
      `Content-Transfer-Encoding: base64\r\n\r\n${attachment}\r\n--outer--\r\n`,
    ].join('\r\n'),
  );
}
