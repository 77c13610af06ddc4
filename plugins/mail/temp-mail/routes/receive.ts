/** Temp-mail: mail that another server hands over by HTTP. From here it goes the way of SMTP. */
import Type, { type Static } from 'typebox';
import { closed, compileCheck, readBytes } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import type { OwnAddress } from '../../contract.ts';
import { mailErrors } from '../../errors.ts';
import { placeOf } from '../../mailboxes/return-paths.ts';
import { withoutOwnResults } from '../../messages/authentication/own-results.ts';
import { glance } from '../../messages/header-preview.ts';
import { withLineEnds } from '../../messages/line-endings.ts';
import { acceptWhole, hasTooManyHops } from '../../receiving/receive-message.ts';
import type { TempMailScope } from '../services.ts';

const HandedOver = closed(
  Type.Object({
    from: Type.String({ maxLength: 320 }),
    to: Type.Union([
      Type.String({ maxLength: 320 }),
      Type.Array(Type.String({ maxLength: 320 }), { minItems: 1, maxItems: 100 }),
    ]),
    raw: Type.String({ minLength: 1 }),
  }),
);
const checkHandedOver = compileCheck(HandedOver, 'body');

export const receiveRoutes = [
  route({
    method: 'POST',
    path: '/receive',
    operationId: 'receiveMail',
    dialect: 'temp-mail',
    access: { kinds: ['root'] },
    summary: 'Takes a raw message (message/rfc822), or JSON {from, to, raw}',
    rawBody: ['message/rfc822', 'application/json', 'text/plain', 'application/octet-stream'],
    responses: { 200: Type.Object({ success: Type.Literal(true) }) },
    async handler({ ctx, ip }, services: TempMailScope) {
      const limit = services.smtpReceiver.maxMessageBytes;
      const body = await readBytes(ctx.req, limit * 2);
      const isJson = ctx.get('content-type').startsWith('application/json');
      const mail = isJson ? handedOver(body) : { from: ctx.get('x-mail-from'), to: ctx.get('x-rcpt-to'), raw: body };
      // Programs that hand over text often lose the CR of line ends, which mail has (RFC 5322 §2.3).
      const whole = withLineEnds(mail.raw);
      if (whole.length > limit || hasTooManyHops(whole)) throw mailErrors.bad_message();
      const isTrusted = services.mailAuthentication.isTrusted(ip);
      const raw = isTrusted ? whole : withoutOwnResults(whole, services.mailTrace.name);
      const named = typeof mail.to === 'string' ? mail.to.split(',') : mail.to;
      const recipients = await ownRecipients(named.join('') ? named : glance(raw).to.split(','), services);
      const envelope = { from: mail.from, to: recipients.map(({ address }) => address), remoteIp: ip, helo: '' };
      await acceptWhole(raw, { envelope, recipients, services });
      return { success: true };
    },
  }),
];

function handedOver(body: Buffer): { from: string; to: string | string[]; raw: Buffer } {
  let mail: unknown;
  try {
    mail = JSON.parse(body.toString('utf8'));
  } catch {
    throw mailErrors.bad_message();
  }
  if (!isHandedOver(mail)) throw mailErrors.bad_message();
  return { ...mail, raw: Buffer.from(mail.raw, 'utf8') };
}

function isHandedOver(value: unknown): value is Static<typeof HandedOver> {
  return checkHandedOver(value) === null;
}

async function ownRecipients(
  named: readonly string[],
  { mailboxes, receivingLimit }: TempMailScope,
): Promise<OwnAddress[]> {
  const recipients = new Map<string, OwnAddress>();
  for (const one of named) {
    const own = mailboxes.own(one.trim());
    if (!own || !(await mailboxes.accepts(own))) continue;
    if (await receivingLimit.isReached(own)) throw mailErrors.mailbox_full();
    recipients.set(placeOf(own), own);
  }
  if (recipients.size === 0) throw mailErrors.foreign_domain();
  return [...recipients.values()];
}
