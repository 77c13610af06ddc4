/** Early refusal, before the message is taken, by rules that reject. Runs as a handler of `mail.accepting`. */
import { createSemaphore } from '#core/kit.ts';
import type { HookHandler, Services } from '#core/plugin.ts';
import { mailErrors } from '../errors.ts';
import type { MailAuthentication } from '../messages/authentication/mail-authentication.ts';
import { SMALL_BYTES } from '../messages/workers/pool.ts';
import type { MailRules } from './rules.ts';

/** Whole messages in memory at once, each up to the size that is accepted; others wait for their 250. */
const large = createSemaphore(4, 1_000);

/** Refuses when a rule of every recipient rejects; when only some do, theirs is put in quarantine by the parse loop. */
export const refuseByRules: HookHandler<'mail.accepting'> = async (
  context,
  next,
  { mailRules, mailAuthentication }: Services & { mailRules: MailRules; mailAuthentication: MailAuthentication },
) => {
  const { any, needsAuth } = await mailRules.mayRefuse(context.recipients);
  if (!any) return next();
  const header = context.header();
  const check = async () => mailAuthentication.check(await context.raw(), context.envelope);
  const isSmall = context.sizeBytes <= SMALL_BYTES;
  const auth = needsAuth ? await (isSmall ? check() : large.run(check)) : null;
  const verdicts = await Promise.all(
    context.recipients.map(({ address, domain }) =>
      mailRules.judge({
        address,
        domain,
        sender: header.from || context.envelope.from,
        subject: header.subject,
        sizeBytes: context.sizeBytes,
        auth,
      }),
    ),
  );
  if (verdicts.every(({ action }) => action === 'reject')) throw mailErrors.refused_by_rule();
  return next();
};
