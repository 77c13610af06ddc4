/** Everything that reads a mail, by name: for tests that count what it costs. */
import { authenticateMessage } from '#plugins/mail/messages/authentication/authenticate.ts';
import { MemoryBlob } from '#plugins/mail/messages/parser/memory-blob.ts';
import { parseMessage } from '#plugins/mail/messages/parser/parse.ts';
import { sanitize } from '#plugins/mail/messages/parser/sanitize.ts';
import type { Work } from './steps.ts';

// As in the threads of the platform.
globalThis.Blob = MemoryBlob as unknown as typeof Blob;

const notFound = async () => {
  throw Object.assign(new Error('no such record'), { code: 'ENOTFOUND' });
};
/** What is refused costs something as well. */
const orRefused = (work: Promise<unknown>) => work.catch(() => {});
const envelope = { from: 'a@b.example', remoteIp: '192.0.2.1', helo: 'x', mta: 'here' };

export const work: Work = {
  parsed: (mail) => orRefused(parseMessage(Buffer.from(mail, 'latin1'))),
  authenticated: (mail) => orRefused(authenticateMessage({ raw: Buffer.from(mail, 'latin1'), ...envelope }, notFound)),
  'made safe': (mail) => sanitize({ html: mail.slice(mail.indexOf('\r\n\r\n') + 4), inlineImages: {} }),
};
