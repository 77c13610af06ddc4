/** Health of mail: what waits for the parser, whether it moves on, whether the ports are open. */
import { processHasRole } from '#core/kit.ts';
import type { HealthReport, Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { ParseLoop } from './parse-queue/loop.ts';
import type { SmtpReceiver } from './smtp-receiver.ts';
import type { SubmissionServer } from './submission/server.ts';

export interface MailHealth {
  report(): Promise<HealthReport>;
  /** How much waits for the parser, and how long the oldest has. */
  backlog(): Promise<{ unparsed: number; oldestMs: number }>;
}

/** Mail that is older than this and not parsed, while nothing else was parsed either: parsing stands still. */
const STANDSTILL_MS = 60_000;

export function createMailHealth({
  clock,
  config,
  coreConfig,
  db,
  mailParseLoop,
  smtpReceiver,
  submissionServer,
}: Services & {
  mailParseLoop: ParseLoop;
  smtpReceiver: SmtpReceiver;
  submissionServer: SubmissionServer;
  config: MailConfig;
}): MailHealth {
  return { report, backlog };

  async function report(): Promise<HealthReport> {
    const { unparsed, oldestMs } = await backlog();
    const [receives, parses] = [processHasRole(coreConfig, 'smtp'), processHasRole(coreConfig, 'parse')];
    const stillMs = clock.now() - mailParseLoop.lastProgressAt();
    const problems = [
      ...(parses && oldestMs > STANDSTILL_MS && stillMs > STANDSTILL_MS ? ['parsing has stopped'] : []),
      ...(receives && config.smtp.enabled && smtpReceiver.port() === null ? ['the SMTP port is not open'] : []),
      ...(receives && config.submission.enabled && submissionServer.port() === null
        ? ['the submission port is not open']
        : []),
    ];
    const detail = {
      smtp_port: smtpReceiver.port(),
      unparsed,
      oldest_unparsed_seconds: Math.floor(oldestMs / 1000),
      ...(problems.length > 0 && { problems }),
    };
    return { ok: problems.length === 0, detail };
  }

  async function backlog(): Promise<{ unparsed: number; oldestMs: number }> {
    const counted = await db
      .read('mail_messages')
      .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_messages.mailbox_id')
      .whereNull('parsed_at')
      .whereNull('mail_mailboxes.removed_at')
      .count({ total: '*' })
      .min({ oldest: 'received_at' })
      .first();
    const unparsed = Number(counted?.total ?? 0);
    return { unparsed, oldestMs: unparsed > 0 ? Math.max(0, clock.now() - Number(counted?.oldest)) : 0 };
  }
}
