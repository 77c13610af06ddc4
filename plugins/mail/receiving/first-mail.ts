/** First mail: the one with which somebody sees that receiving works (RFC 5322). */
import { randomUUID } from 'node:crypto';
import type { OwnAddress } from '../contract.ts';
import { mailDate } from '../messages/mail-date.ts';

const TEXTS = {
  en: { subject: 'It works', text: 'This is your first mail. A code that programs can read: 482913.' },
  zh: { subject: '收到了', text: '这是您的第一封邮件。程序可以读取的验证码：482913。' },
} as const;

export function firstMail(
  { address, domain }: OwnAddress,
  language: keyof typeof TEXTS,
  now: number,
): { from: string; raw: Buffer } {
  const from = `patchbay@${domain}`;
  const { subject, text } = TEXTS[language];
  const lines = [
    `From: Patchbay <${from}>`,
    `To: <${address}>`,
    // RFC 2047: a header has ASCII alone.
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Date: ${mailDate(now)}`,
    `Message-ID: <${randomUUID()}@${domain}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(text).toString('base64'),
    '',
  ];
  return { from, raw: Buffer.from(lines.join('\r\n')) };
}
