/** How the services of mailboxes are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { MailGround } from '../services.ts';
import { createMailDeletion } from './deletion.ts';
import { createMailboxHandover } from './handover.ts';
import { createMailboxes } from './mailboxes.ts';
import { createMailboxExport } from './mbox.ts';
import { createMailDomains } from './own-domains.ts';
import { createMailboxOwnership } from './ownership.ts';
import { createMailRetention } from './retention.ts';
import { createReturnPaths } from './return-paths.ts';
import { createMailboxSettings } from './settings.ts';
import { createSharedBytes } from './shared-bytes.ts';
import { createMailSuspension } from './suspension.ts';
import { createMailboxTaking } from './taking.ts';
import { createMailVisibility } from './visibility.ts';

export const mailboxServices = {
  mailboxes: createMailboxes,
  mailboxExport: createMailboxExport,
  mailboxHandover: createMailboxHandover,
  mailboxOwnership: createMailboxOwnership,
  mailboxSettings: createMailboxSettings,
  mailboxTaking: createMailboxTaking,
  mailDeletion: createMailDeletion,
  mailDomains: createMailDomains,
  mailRetention: createMailRetention,
  mailSuspension: createMailSuspension,
  mailVisibility: createMailVisibility,
  returnPaths: createReturnPaths,
  sharedBytes: createSharedBytes,
};

export interface MailboxesOwn extends ServicesOf<typeof mailboxServices> {}

/** What this part sees. */
export interface MailboxesScope extends MailGround, MailboxesOwn {}
