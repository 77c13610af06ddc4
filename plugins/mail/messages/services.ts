/** How the services of messages are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { MailGround } from '../services.ts';
import { createAttachments } from './attachments.ts';
import { createMailAuthentication } from './authentication/mail-authentication.ts';
import { createMailDns, type MailDns } from './authentication/mail-dns.ts';
import { createMailTrace } from './trace-fields.ts';
import { createWorkerPool, type WorkerPool } from './workers/pool.ts';

export const messageServices = {
  mailAttachments: createAttachments,
  mailAuthentication: createMailAuthentication,
  mailDns: createMailDns,
  mailTrace: createMailTrace,
  mailWorkers: ({ config, mailDns }: { config: MailConfig; mailDns: MailDns }): WorkerPool =>
    createWorkerPool({
      ...config.parser,
      resolve: (name, type) => mailDns.resolve(name, type),
      resolveMs: config.authentication.timeoutMs,
    }),
};

export interface MessagesOwn extends ServicesOf<typeof messageServices> {}

/** What this part sees. */
export interface MessagesScope extends MailGround, MessagesOwn {}
