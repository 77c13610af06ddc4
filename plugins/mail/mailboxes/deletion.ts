/**
 * Deletion of mail and mailboxes with everything that hangs on them. A mailbox is out of reach at once and its address is
 * free; its mail goes after that, in steps, and after a crash with the next run of cron.
 * Tables: mail_mailboxes, mail_messages.
 */
import { CLOCK_TOLERANCE_MS, inSteps, messageOf } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { MailboxHandover } from './handover.ts';
import type { Mailboxes } from './mailboxes.ts';
import { MAILBOXES } from './meters.ts';
import type { SharedBytes } from './shared-bytes.ts';
import type { MailboxRow, MessageRow } from './tables.ts';

export interface MailDeletion {
  /** Mailboxes with their mail: those that `isStill` says so of as they are now, and not what has been given away since. Gives how many. */
  mailboxes(rows: readonly Pick<MailboxRow, 'id'>[], isStill: (row: MailboxRow) => boolean): Promise<number>;
  /** What a clock that was ahead has made lives as long as others, from now on; not until that time and longer. */
  putRight(): Promise<void>;
  /** Takes mailboxes out of reach whose time is over and that nobody keeps; gives how many, at most `limit`. */
  expire(limit: number): Promise<number>;
  /** Deletes the mail of mailboxes that are out of reach, then their rows. */
  finish(): Promise<void>;
  /** Messages by id; gives how many there were. */
  messages(ids: readonly number[]): Promise<number>;
  /** Messages of a mailbox from after this id and up to that one, some at a time; gives how many. */
  messagesOf(mailboxId: number, seen?: { after: number; upTo: number; since: number }): Promise<number>;
}

const FOLDERS: Readonly<Record<MessageRow['folder'], true>> = { inbox: true, quarantine: true };
/** A transaction that deletes more would hold up receiving. */
const STEP = 500;

export function createMailDeletion({
  db,
  clock,
  events,
  log,
  usage,
  mailboxes,
  mailboxHandover,
  sharedBytes,
}: Services & { mailboxes: Mailboxes; mailboxHandover: MailboxHandover; sharedBytes: SharedBytes }): MailDeletion {
  sharedBytes.heldBy(async (trx, ids) => {
    const held = await trx('mail_messages').whereIn('blob_id', ids).distinct('blob_id');
    return held.map(({ blob_id }) => blob_id);
  });

  return { mailboxes: removeMailboxes, putRight, expire, finish, messages, messagesOf };

  async function removeMailboxes(
    rows: readonly Pick<MailboxRow, 'id'>[],
    isStill: (row: MailboxRow) => boolean,
  ): Promise<number> {
    const retired: number[] = [];
    for (let start = 0; start < rows.length; start += STEP) {
      const ids = rows.slice(start, start + STEP).map(({ id }) => id);
      retired.push(...(await db.transaction((trx) => retireStill(trx, ids, isStill))));
    }
    for (const id of retired) await removeRetired(id);
    return retired.length;
  }

  async function retireStill(trx: Transaction, ids: readonly number[], isStill: (row: MailboxRow) => boolean) {
    const there = await trx('mail_mailboxes').whereIn('id', ids).whereNull('removed_at').orderBy('id').forUpdate();
    const rows = there.filter(isStill);
    await retire(trx, rows);
    return rows.map(({ id }) => id);
  }

  async function putRight(): Promise<void> {
    const now = clock.now();
    const lifeMs = mailboxes.lifeSeconds * 1000;
    if (lifeMs === 0) return;
    await db
      .write('mail_mailboxes')
      .where('expires_at', '>', now + lifeMs + CLOCK_TOLERANCE_MS)
      .where('created_at', '>', now + CLOCK_TOLERANCE_MS)
      .update({ created_at: now, expires_at: now + lifeMs });
  }

  /** The rows are locked and judged as they are now: one that somebody has just pinned stays. */
  function expire(limit: number): Promise<number> {
    return db.transaction(async (trx) => {
      const rows = await trx('mail_mailboxes')
        .where('expires_at', '<=', clock.now())
        // As expressions: by its index of pinned ones SQLite would read all mailboxes.
        .whereRaw('is_pinned + 0 = 0 and is_favorite + 0 = 0')
        .whereNull('removed_at')
        .orderBy('expires_at')
        .limit(limit)
        .forUpdate();
      await retire(trx, rows);
      for (const { id, address, tenant_id } of rows) {
        const data = { mailbox_id: id, address };
        await events.emit(trx, 'mailbox.expired', data, { tenantId: tenant_id, subject: address });
      }
      return rows.length;
    });
  }

  /** The address becomes one that nobody can have or write to. The rows are locked, and of nobody else's removal. */
  async function retire(trx: Transaction, rows: readonly MailboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    await mailboxHandover.end(trx, rows);
    const ids = rows.map(({ id }) => id);
    await giveBack(trx, rows);
    await trx('mail_mailboxes')
      .whereIn('id', ids)
      .update({
        address: trx.raw(`'removed:' || id`),
        domain: '',
        user_id: null,
        tenant_id: null,
        forward_to: null,
        password_hash: null,
        can_login: 0,
        removed_at: clock.now(),
      });
    db.afterCommit(trx, () => {
      for (const { address } of rows) mailboxes.invalidate(address);
    });
  }

  async function giveBack(trx: Transaction, rows: readonly MailboxRow[]): Promise<void> {
    const amounts = new Map<string, number>();
    for (const { tenant_id } of rows) {
      if (tenant_id !== null) amounts.set(tenant_id, (amounts.get(tenant_id) ?? 0) + 1);
    }
    for (const [tenantId, amount] of [...amounts].sort())
      await usage.giveBack(trx, { tenantId, meter: MAILBOXES, amount });
  }

  async function finish(): Promise<void> {
    const rows = await db.read('mail_mailboxes').whereNotNull('removed_at').orderBy('id').select('id');
    for (const { id } of rows) {
      try {
        await removeRetired(id);
      } catch (error) {
        log.error({ mailbox: id, reason: messageOf(error) }, 'The mail of a deleted mailbox could not be deleted yet');
      }
    }
  }

  async function removeRetired(id: number): Promise<void> {
    await messagesOf(id);
    await db.transaction(async (trx) => {
      // A message that was being accepted under the old address may have come in since.
      await trx('mail_mailboxes').where({ id }).forUpdate().first('id');
      const left = await trx('mail_messages').where({ mailbox_id: id }).distinct('blob_id');
      await trx('mail_mailboxes').where({ id }).delete();
      await sharedBytes.release(
        trx,
        left.map(({ blob_id }) => blob_id),
      );
    });
  }

  async function messages(ids: readonly number[]): Promise<number> {
    let removed = 0;
    let start = 0;
    await inSteps(async (limit) => {
      const step = ids.slice(start, start + limit);
      start += limit;
      removed += await db.transaction((trx) => removeStep(trx, step));
      return step.length;
    });
    return removed;
  }

  function messagesOf(
    mailboxId: number,
    { after, upTo, since } = { after: 0, upTo: Number.POSITIVE_INFINITY, since: 0 },
  ): Promise<number> {
    return inSteps((limit) =>
      db.transaction(async (trx) => {
        const some = trx('mail_messages').where({ mailbox_id: mailboxId }).limit(limit).select('id');
        // With the folder the index leads past those that stay, which each step would read otherwise.
        if (after > 0) some.whereIn('folder', Object.keys(FOLDERS)).where('id', '>', after);
        if (upTo < Number.POSITIVE_INFINITY) some.where('id', '<=', upTo);
        if (since > 0) some.where('received_at', '>=', since);
        const rows = await some;
        return removeStep(
          trx,
          rows.map(({ id }) => id),
        );
      }),
    );
  }

  async function removeStep(trx: Transaction, ids: readonly number[]): Promise<number> {
    const rows = await trx('mail_messages').whereIn('id', ids).orderBy('id').forUpdate().select('blob_id');
    const removed = await trx('mail_messages').whereIn('id', ids).delete();
    await sharedBytes.release(
      trx,
      rows.map(({ blob_id }) => blob_id),
    );
    return removed;
  }
}
