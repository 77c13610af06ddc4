/** A platform with mail, and what tests of mail do with it again and again. */

import { authConfig, ROOT_TOKEN } from './accounts.ts';
import type { Client } from './client.ts';
import { startPlatform, type TestOptions, type TestPlatform } from './harness.ts';
import { sendMail } from './smtp.ts';

export interface MailPlatform {
  app: TestPlatform;
  /** With the root token. */
  http: Client;
  /** By SMTP, as it stands. */
  deliver(raw: string | Buffer, to?: string, from?: string): Promise<unknown>;
  /** What the list of a mailbox shows. */
  list(mailbox?: string): Promise<any[]>;
  /** Rows of messages, also of those that lists do not show. */
  rows(): Promise<any[]>;
}

export const MAILBOX = 'ada@example.com';

export async function startMail(mail: object = {}, options: Omit<TestOptions, 'plugins'> = {}): Promise<MailPlatform> {
  const app = await startPlatform({
    ...options,
    plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 }, ...mail } },
  });
  return mailOf(app);
}

/** The same for a platform that is there already. */
export function mailOf(app: TestPlatform): MailPlatform {
  const http = app.http.bearer(ROOT_TOKEN);
  return {
    app,
    http,
    deliver: (raw, to = MAILBOX, from = 'shop@sender.example') =>
      sendMail(app.services.smtpReceiver.port()!, { envelope: { from, to }, raw }),
    list: async (mailbox = MAILBOX) => (await http.get(`/api/emails?mailbox=${encodeURIComponent(mailbox)}`)).body,
    rows: () => app.services.db.read('mail_messages').orderBy('id'),
  };
}

export function plainMail(subject: string, text = 'Text.'): string {
  return `From: shop@sender.example\r\nTo: ${MAILBOX}\r\nSubject: ${subject}\r\n\r\n${text}\r\n`;
}

export function htmlMail(subject: string, html: string): string {
  return `From: shop@sender.example\r\nSubject: ${subject}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n`;
}

/** What the server has put on top of a message that it took in; fails when that is not there. */
export function traceOf(kept: string): string {
  const fields = /^Return-Path: <.*>\r\nReceived: .*\r\n(?: .*\r\n)*? \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\r\n/.exec(
    kept,
  );
  if (!fields) throw new Error(`No trace fields on top of: ${kept.slice(0, 500)}`);
  return fields[0];
}
