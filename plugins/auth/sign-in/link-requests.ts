/**
 * Links that somebody asks for by an address. The request stores a job and nothing else, so it does the same work for
 * every address; whether there is an account is looked up when the job runs, a moment later, so that who asks again at once
 * does not feel it.
 */
import Type, { type Static } from 'typebox';
import { timingSafeDelayMs } from '#core/kit.ts';
import { defineJob, type Services } from '#core/plugin.ts';
import type { Links } from '../accounts/links.ts';
import { laneOf, type Mails } from '../accounts/mails.ts';
import { normalName } from '../accounts/names.ts';
import type { People } from '../accounts/people.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin } from '../contract.ts';

const RequestedLink = Type.Object({
  purpose: Type.Enum(['reset', 'magic']),
  email: Type.String(),
  ip: Type.String(),
  userAgent: Type.String(),
});
type RequestedLink = Static<typeof RequestedLink>;

export interface LinkRequests {
  /** Says nothing of whether the address is known, or has had its share of mails already. */
  request(purpose: RequestedLink['purpose'], email: string, origin: Origin): Promise<void>;
  /** Mails the link, when there is an account with the address. */
  fulfil(request: RequestedLink): Promise<void>;
}

export function createLinkRequests(
  services: Services & { people: People; links: Links; mails: Mails; auditLog: AuditLog },
): LinkRequests {
  const { db, clock, jobs, people, links, mails, auditLog } = services;

  return { request, fulfil };

  async function request(purpose: RequestedLink['purpose'], given: string, { ip, userAgent }: Origin): Promise<void> {
    const email = normalName(given);
    if (!(await mails.isWithinLimit(email))) return;
    const payload: RequestedLink = { purpose, email, ip, userAgent: userAgent.slice(0, 300) };
    const options = { lane: laneOf(email), runAt: clock.now() + timingSafeDelayMs() };
    await db.transaction((trx) => jobs.enqueue(trx, 'auth.mailLink', payload, options));
  }

  async function fulfil({ purpose, email, ip, userAgent }: RequestedLink): Promise<void> {
    const user = await people.userByIdentifier(email);
    if (user?.status !== 'active' || user.email !== email) return;
    await db.transaction(async (trx) => {
      await mails.enqueue(trx, purpose, email, await links.make(trx, purpose, { userId: user.id, email }));
      if (purpose !== 'reset') return;
      const actor = { kind: 'user', id: user.uuid, tenantId: null };
      await auditLog.record({ action: 'password.reset_requested', actor, ip, userAgent }, trx);
    });
  }
}

export const mailLink = defineJob({
  name: 'auth.mailLink',
  summary: 'Mails a link that was asked for, when the address has an account',
  payload: RequestedLink,
  run: (request, _job, { linkRequests }: Services & { linkRequests: LinkRequests }) => linkRequests.fulfil(request),
});
