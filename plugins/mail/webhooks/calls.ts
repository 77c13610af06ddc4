/**
 * Calling webhooks, signed as Standard Webhooks ask: one try. When the next one is, its job says (`jobs.ts`, with the delays of
 * `core/jobs/jobs.ts`). A receiver that does not answer holds up nobody: each tenant has a lane of its own in the job queue, and
 * stays away from a host for a while after it did not answer. Table: mail_webhooks.
 */
import { CLOCK_TOLERANCE_MS, type JobContext, OutboundError } from '#core/kit.ts';
import type { CloudEvent, Services } from '#core/plugin.ts';
import { createClockSteps } from '../clock-steps.ts';
import { createDomainGates } from '../domain-gates.ts';
import { NOBODYS } from '../lanes.ts';
import type { MailSuspension } from '../mailboxes/suspension.ts';
import { failureOf, type WebhookRecords } from './records.ts';
import { stateAfterTry } from './states.ts';
import type { WebhookRow } from './tables.ts';
import type { MailWebhooks } from './webhooks.ts';

export interface WebhookCall {
  webhook_id: number;
  /** Its record, if there is one. */
  call_id?: number;
  event: CloudEvent;
  /** How often it may still be tried, when it was put off; else all tries are left. */
  tries_left?: number;
  /** Since when it has been put off without a try, ms since the epoch. */
  waits_since?: number;
}

export interface WebhookCalls {
  /** One try, or later when its host is busy or away. Throws when the receiver did not take it: the job tries again. */
  call(call: WebhookCall, job: Pick<JobContext, 'id' | 'attempt' | 'signal'>): Promise<void>;
  /** The only try, now: somebody looks on. What became of it is in its record; throws nothing of the receiver's. */
  tryNow(call: WebhookCall): Promise<void>;
}

export const WEBHOOK_TRIES = 12;
/** For the whole call, from the connection to the last byte of the answer. */
const TIMEOUT_MS = 10_000;
/** For a host that does not answer: so long a call waits for its turn. */
const LONGEST_WAIT_MS = 3 * 24 * 3600_000;
/** By the time that has passed here: a clock that is set ahead ends no call. */
const AWAY_AT_LEAST_MS = 4 * 3600_000;
/** Only the status of an answer matters. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Of all tenants together. */
const AT_ONCE_PER_HOST = 10;

export function createWebhookCalls({
  db,
  clock,
  jobs,
  mailSuspension,
  mailWebhooks,
  outbound,
  secrets,
  webhookRecords,
}: Services & {
  mailSuspension: MailSuspension;
  mailWebhooks: MailWebhooks;
  webhookRecords: WebhookRecords;
}): WebhookCalls {
  const now = (): number => clock.now();
  const clockSteps = createClockSteps(clock);
  const elapsed = (): number => clock.elapsed();
  const hosts = createDomainGates({ atOnce: AT_ONCE_PER_HOST, perMinute: 0, now: elapsed });
  /** A host that is away for one tenant may be there for others: theirs may be other receivers behind the same name. */
  const hostsOfTenants = createDomainGates({ atOnce: AT_ONCE_PER_HOST, perMinute: 0, now: elapsed });

  return {
    async call(call, job) {
      const { signal } = job;
      const row = await db.read('mail_webhooks').where({ id: call.webhook_id }).first();
      if (!row) return;
      if (await isSuspended(call)) {
        await note(call, job, null, 'suspended');
        throw new Error('The tenant is suspended');
      }
      const { host } = new URL(row.url);
      const own = ownDoor(row, call);
      const ownWaitMs = hostsOfTenants.enter(own, laneOf(call));
      if (ownWaitMs > 0) return later(call, job, { waitMs: ownWaitMs, awayMs: hostsOfTenants.awayFor(own) });
      try {
        const waitMs = hosts.enter(host, laneOf(call));
        if (waitMs > 0) return await later(call, job, { waitMs, awayMs: 0 });
        const status = await post(row, call, signal)
          .catch(async (error) => {
            if (error instanceof OutboundError) hostsOfTenants.unreachable(own);
            // Stopping is nobody's failure.
            if (!signal.aborted) await note(call, job, null, failureOf(error));
            throw error;
          })
          .finally(() => hosts.leave(host));
        hostsOfTenants.reachable(own);
        // 410 Gone: the receiver wants no more (Standard Webhooks, "Webhook consumer").
        await note(call, job, status, null);
        if (status === 410) await mailWebhooks.removeGone(call.webhook_id);
        else if (status >= 300) throw new Error(`The webhook answered ${status}`);
      } finally {
        hostsOfTenants.leave(own);
      }
    },
    async tryNow(call) {
      const row = await db.read('mail_webhooks').where({ id: call.webhook_id }).first();
      if (!row) return;
      const only = { id: null, attempt: WEBHOOK_TRIES };
      if (await isSuspended(call)) return note(call, only, null, 'suspended');
      try {
        const status = await post(row, call);
        hostsOfTenants.reachable(ownDoor(row, call));
        await note(call, only, status, null);
      } catch (error) {
        await note(call, only, null, failureOf(error));
      }
    },
  };

  function isSuspended({ event }: WebhookCall): Promise<boolean> {
    return mailSuspension.of({ tenant_id: event.tenantid ?? null });
  }

  async function post(row: WebhookRow, { event }: WebhookCall, signal?: AbortSignal): Promise<number> {
    const secret = secrets.open('mail.webhook', row.secret).toString();
    const { Webhook } = await import('standardwebhooks');
    const body = JSON.stringify(event);
    const at = new Date(clock.now());
    const answer = await outbound.request(row.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': event.id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(event.id, at, body),
      },
      body,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
      redirects: 0,
      ...(signal && { signal }),
    });
    return answer.status;
  }

  async function note(
    call: WebhookCall,
    job: { id: number | null; attempt: number },
    status: number | null,
    why: string | null,
  ) {
    if (call.call_id === undefined) return;
    const isLast = job.attempt >= (call.tries_left ?? WEBHOOK_TRIES);
    const state = stateAfterTry(status, isLast);
    await webhookRecords.tried(call.call_id, { status, failure: why, state, jobId: job.id });
  }

  /** Nothing was tried, so no try is lost; but who has waited too long for a host is given up. */
  async function later(
    call: WebhookCall,
    job: Pick<JobContext, 'id' | 'attempt'>,
    { waitMs, awayMs }: { waitMs: number; awayMs: number },
  ): Promise<void> {
    const noted = call.waits_since ?? now();
    const since = noted > now() + CLOCK_TOLERANCE_MS ? now() : noted;
    if (now() - since >= LONGEST_WAIT_MS && awayMs >= AWAY_AT_LEAST_MS && !clockSteps.isNew()) {
      if (call.call_id !== undefined)
        await webhookRecords.tried(call.call_id, { status: null, failure: 'away', state: 'failed', jobId: job.id });
      return;
    }
    const tries_left = (call.tries_left ?? WEBHOOK_TRIES) - (job.attempt - 1);
    const runAt = now() + waitMs;
    const options = { runAt, lane: laneOf(call), maxAttempts: tries_left };
    await db.transaction(async (trx) => {
      if (call.call_id !== undefined) await webhookRecords.putOff(trx, call.call_id, runAt);
      await jobs.enqueue(trx, 'mail.callWebhook', { ...call, tries_left, waits_since: since }, options);
    });
  }
}

/** A host as one tenant meets it. */
function ownDoor({ url }: WebhookRow, call: WebhookCall): string {
  return `${laneOf(call)} ${new URL(url).host}`;
}

function laneOf({ event }: WebhookCall): string {
  return event.tenantid ?? NOBODYS;
}
