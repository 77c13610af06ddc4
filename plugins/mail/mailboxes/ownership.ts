/**
 * Ownership of mailboxes: what the former owner had set up ends, and who comes after somebody else does not read their mail.
 * Tables: mail_mailboxes, mail_messages.
 */
import type { Services, Transaction } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { MailboxHandover } from './handover.ts';
import { MAILBOXES } from './meters.ts';
import type { MailboxRow } from './tables.ts';

export interface Owner {
  userId: number | null;
  tenantId: string | null;
}

export interface MailboxOwnership {
  /** Its owner asks for it again: its time begins anew. The row is locked. */
  renew(trx: Transaction, row: MailboxRow): Promise<MailboxRow>;
  /** Somebody takes a mailbox that mail has made; they see what comes from then on. The row is locked. Throws `limit_exceeded`. */
  take(trx: Transaction, row: MailboxRow, owner: Owner): Promise<MailboxRow>;
  /** A super-admin gives it to somebody. Its mail stays in the tenant that had it. The row is locked. Throws `limit_exceeded`. */
  give(trx: Transaction, row: MailboxRow, owner: Owner): Promise<MailboxRow>;
  /** It stays its tenant's, without a person. The row is locked. */
  release(trx: Transaction, row: MailboxRow): Promise<void>;
}

export function createMailboxOwnership({
  clock,
  config,
  mailboxHandover,
  usage,
}: Services & { mailboxHandover: MailboxHandover; config: MailConfig }): MailboxOwnership {
  return { renew, take, give, release };

  async function renew(trx: Transaction, row: MailboxRow): Promise<MailboxRow> {
    return change(trx, row, { expires_at: expiry() });
  }

  async function take(trx: Transaction, row: MailboxRow, owner: Owner): Promise<MailboxRow> {
    await mailboxHandover.end(trx, [row]);
    await mailboxHandover.cancelScheduled(trx, { address: row.address, except: owner });
    await countFor(trx, row, owner);
    return change(trx, row, { ...owned(owner), ...ENDED, hidden_up_to: await newestIn(trx, row.id) });
  }

  async function give(trx: Transaction, row: MailboxRow, owner: Owner): Promise<MailboxRow> {
    await countFor(trx, row, owner);
    // What belonged to nobody was set up by super-admins, who are giving it now.
    if (row.user_id === null && row.tenant_id === null) return change(trx, row, owned(owner));
    await endAll(trx, row);
    const goesElsewhere = row.tenant_id !== owner.tenantId;
    return change(trx, row, {
      ...owned(owner),
      ...ended(row),
      ...(goesElsewhere && { hidden_up_to: await newestIn(trx, row.id) }),
    });
  }

  /** One more for the tenant that has it from now on, one less for the one that had it. */
  async function countFor(trx: Transaction, row: MailboxRow, { tenantId }: Owner): Promise<void> {
    if (row.tenant_id === tenantId) return;
    // In one order for everybody, so that two who change tenants the other way round do not wait for each other.
    const steps = [
      { tenantId, step: usage.consume },
      { tenantId: row.tenant_id, step: usage.giveBack },
    ].sort((a, b) => ((a.tenantId ?? '') < (b.tenantId ?? '') ? -1 : 1));
    for (const { tenantId, step } of steps) await step(trx, { tenantId, meter: MAILBOXES });
  }

  async function release(trx: Transaction, row: MailboxRow): Promise<void> {
    await endAll(trx, row);
    await change(trx, row, { user_id: null, ...ended(row) });
  }

  function owned({ userId, tenantId }: Owner) {
    return { user_id: userId, tenant_id: tenantId, expires_at: expiry(), made_by_mail: 0 };
  }

  function expiry(): number | null {
    return config.mailboxTtl > 0 ? clock.now() + config.mailboxTtl * 1000 : null;
  }

  async function change(trx: Transaction, row: MailboxRow, patch: Partial<MailboxRow>): Promise<MailboxRow> {
    await trx('mail_mailboxes').where({ id: row.id }).update(patch);
    return { ...row, ...patch };
  }

  async function newestIn(trx: Transaction, mailboxId: number): Promise<number> {
    const newest = await trx('mail_messages').where({ mailbox_id: mailboxId }).max({ id: 'id' }).first();
    return Number(newest?.id ?? 0);
  }

  /** With what only matters when the mailbox stays: its tags, and mail that was to leave later. */
  async function endAll(trx: Transaction, row: MailboxRow): Promise<void> {
    await mailboxHandover.end(trx, [row]);
    await trx('mail_messages').where({ mailbox_id: row.id }).whereNot({ tags: '' }).update({ tags: '' });
    await mailboxHandover.cancelScheduled(trx, { address: row.address });
  }
}

/** Signing in as the mailbox was the former owner's way in. */
const ENDED = { forward_to: null, forward_by: null, password_hash: null, can_login: 0 };

/** A favourite becomes a pin: no mail expires because its mailbox changes hands. */
function ended({ is_pinned, is_favorite }: MailboxRow) {
  return { ...ENDED, is_pinned: Math.max(is_pinned, is_favorite), is_favorite: 0 };
}
