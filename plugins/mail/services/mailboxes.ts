/** Mailboxes: who has them, who sees them, how they are made. Table: mail_mailboxes. */
import type { Transaction } from '#core/database/database.ts';
import { codeOf } from '#core/errors.ts';
import { isSuperadmin, type Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import { randomFrom } from '#core/security/tokens.ts';
import type { MailConfig } from '../config.ts';
import { mailErrors } from '../errors.ts';
import type { MailboxRow } from '../tables.ts';
import { asciiDomain, type OwnAddress, ownAddress } from './addresses.ts';
import { isMailAdmin } from './roles.ts';

export interface MailboxFilter {
  domain?: string;
  favorite?: boolean;
  forward?: boolean;
  login?: boolean;
  /** Part of the address. */
  q?: string;
  limit: number;
  offset: number;
}

export interface Mailboxes {
  domains(): readonly string[];
  /** What a recipient's address means to us; null for a foreign or malformed one. */
  own(address: string): OwnAddress | null;
  /** Whether mail for the address is taken: its mailbox exists, or catch-all makes one. Usually without a query. */
  accepts(own: OwnAddress): boolean | Promise<boolean>;
  /** Ids of the mailboxes by address; those that are missing are made. Inside the acceptance's transaction. */
  ensure(trx: Transaction, addresses: readonly OwnAddress[]): Promise<Map<string, number>>;
  /** The id of a mailbox that is sure to exist; undefined when that takes a query. */
  knownId(own: OwnAddress): number | undefined;
  byAddress(address: string): Promise<MailboxRow | null>;
  /** A new one with a random name. Throws `quota_exceeded`, `unknown_domain`. */
  generate(principal: Principal, wish: { length: number; domainIndex: number }): Promise<MailboxRow>;
  list(principal: Principal, filter: MailboxFilter): Promise<{ rows: MailboxRow[]; total: number }>;
  /** The mailbox when the principal may read it. Throws `mailbox_not_found` or `not_your_mailbox`. */
  readable(principal: Principal, address: string): Promise<MailboxRow>;
  mayRead(principal: Principal, mailbox: MailboxRow): boolean;
  /** Deletes some whose time is over, with their mail; gives how many. */
  removeExpired(limit: number): Promise<number>;
}

const RANDOM_NAME = 'abcdefghijklmnopqrstuvwxyz0123456789';
const MAX_KNOWN = 50_000;
const RETRIES = 5;

export function createMailboxes({ db, clock, blobs, config, people }: Services & { config: MailConfig }): Mailboxes {
  const domains = config.domains.map(asciiDomain);
  const domainSet = new Set(domains);
  const ttlMs = config.mailboxTtl * 1000;
  /** Ids of mailboxes that exist, while nobody else can delete them behind our back. */
  const known = new Map<string, number>();

  return {
    domains: () => domains,
    own: (address) => ownAddress(address, domainSet),
    accepts,
    ensure,
    knownId: ({ address }) => known.get(address),
    byAddress,
    generate,
    list,
    readable,
    mayRead,
    removeExpired,
  };

  function accepts({ address }: OwnAddress): boolean | Promise<boolean> {
    if (config.catchAll || known.has(address)) return true;
    return byAddress(address).then((row) => {
      if (row) remember(row.address, row.id);
      return row !== null;
    });
  }

  async function ensure(trx: Transaction, wanted: readonly OwnAddress[]): Promise<Map<string, number>> {
    const ids = new Map<string, number>();
    const unknown = new Map<string, OwnAddress>();
    for (const own of wanted) {
      const id = known.get(own.address);
      if (id === undefined) unknown.set(own.address, own);
      else ids.set(own.address, id);
    }
    if (unknown.size === 0) return ids;
    const rows = [...unknown.values()].map((own) => newRow(own, null, null));
    await trx('mail_mailboxes').insert(rows).onConflict('address').ignore();
    const found = await trx('mail_mailboxes')
      .whereIn('address', [...unknown.keys()])
      .select('id', 'address');
    for (const { id, address } of found) ids.set(address, id);
    db.afterCommit(trx, () => {
      for (const { id, address } of found) remember(address, id);
    });
    return ids;
  }

  function remember(address: string, id: number): void {
    if (!db.soleWriter) return;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(address, id);
  }

  async function byAddress(address: string): Promise<MailboxRow | null> {
    return (await db.read('mail_mailboxes').where({ address: address.trim().toLowerCase() }).first()) ?? null;
  }

  async function generate(
    principal: Principal,
    { length, domainIndex }: { length: number; domainIndex: number },
  ): Promise<MailboxRow> {
    const domain = domains[domainIndex];
    if (domain === undefined) throw mailErrors.unknown_domain();
    for (let attempt = 1; ; attempt++) {
      const local = randomFrom(RANDOM_NAME, length);
      const row = newRow({ address: `${local}@${domain}`, domain }, principal.userId || null, principal.tenantId);
      try {
        return await db.transaction(async (trx) => {
          await refuseOverQuota(trx, principal);
          const [inserted] = await trx('mail_mailboxes').insert(row).returning('*');
          if (!inserted) throw new Error('The mailbox was not stored');
          return inserted;
        });
      } catch (error) {
        const isTaken = codeOf(error) === '23505' || codeOf(error).startsWith('SQLITE_CONSTRAINT');
        if (!isTaken || attempt === RETRIES) throw error;
      }
    }
  }

  /** Administrators have no limit (temp-mail document: 管理员无邮箱数量限制). */
  async function refuseOverQuota(trx: Transaction, principal: Principal): Promise<void> {
    if (isMailAdmin(principal) || !principal.userId) return;
    const owner = await people.userById(principal.userId);
    // On PostgreSQL the row lock makes two requests of one user take turns; SQLite has one writer anyway.
    if (db.client === 'pg') await trx('auth_users').where({ id: principal.userId }).forUpdate().first('id');
    const counted = await trx('mail_mailboxes').where({ user_id: principal.userId }).count({ total: '*' }).first();
    const limit = owner?.mailbox_limit ?? 0;
    if (Number(counted?.total ?? 0) >= limit) throw mailErrors.quota_exceeded({ extra: { limit } });
  }

  function newRow(own: OwnAddress, userId: number | null, tenantId: string | null) {
    const now = clock.now();
    return {
      address: own.address,
      domain: own.domain,
      user_id: userId,
      tenant_id: tenantId,
      created_at: now,
      expires_at: ttlMs > 0 ? now + ttlMs : null,
    };
  }

  async function list(principal: Principal, filter: MailboxFilter): Promise<{ rows: MailboxRow[]; total: number }> {
    const query = db.read('mail_mailboxes');
    if (principal.kind === 'mailbox') query.where({ address: principal.id });
    else if (!isSuperadmin(principal)) {
      if (isMailAdmin(principal)) query.where({ tenant_id: principal.tenantId });
      else query.where({ user_id: principal.userId });
    }
    if (filter.domain) query.where({ domain: asciiDomain(filter.domain) });
    if (filter.favorite !== undefined) query.where({ is_favorite: filter.favorite ? 1 : 0 });
    if (filter.login !== undefined) query.where({ can_login: filter.login ? 1 : 0 });
    if (filter.forward === true) query.whereNotNull('forward_to');
    if (filter.forward === false) query.whereNull('forward_to');
    if (filter.q) query.whereLike('address', `%${filter.q.toLowerCase().replace(/[%_]/g, '')}%`);
    const counted = await query.clone().count({ total: '*' }).first();
    const order = [
      { column: 'is_pinned', order: 'desc' },
      { column: 'id', order: 'desc' },
    ];
    const rows: MailboxRow[] = await query.select('*').orderBy(order).limit(filter.limit).offset(filter.offset);
    return { rows, total: Number(counted?.total ?? 0) };
  }

  async function readable(principal: Principal, address: string): Promise<MailboxRow> {
    if (principal.kind === 'mailbox' && address.trim().toLowerCase() !== principal.id)
      throw mailErrors.not_your_mailbox();
    const row = await byAddress(address);
    if (!row || !mayRead(principal, row)) throw mailErrors.mailbox_not_found();
    return row;
  }

  function mayRead(principal: Principal, mailbox: MailboxRow): boolean {
    if (isSuperadmin(principal)) return true;
    if (principal.kind === 'mailbox') return mailbox.address === principal.id;
    if (mailbox.user_id !== null && mailbox.user_id === principal.userId) return true;
    return isMailAdmin(principal) && mailbox.tenant_id !== null && mailbox.tenant_id === principal.tenantId;
  }

  async function removeExpired(limit: number): Promise<number> {
    const removed = await db.transaction(async (trx) => {
      const rows = await trx('mail_mailboxes')
        .where('expires_at', '<=', clock.now())
        .where({ is_pinned: 0, is_favorite: 0 })
        .orderBy('expires_at')
        .limit(limit)
        .select('id', 'address');
      const ids = rows.map(({ id }) => id);
      const messages = await trx('mail_messages').whereIn('mailbox_id', ids).distinct('blob_id');
      await trx('mail_mailboxes').whereIn('id', ids).delete();
      // Another mailbox may have got the same message; its blob stays.
      const gone = messages.map(({ blob_id }) => blob_id);
      const kept = new Set(
        (await trx('mail_messages').whereIn('blob_id', gone).distinct('blob_id')).map(({ blob_id }) => blob_id),
      );
      await blobs.remove(
        trx,
        gone.filter((id) => !kept.has(id)),
      );
      return rows;
    });
    for (const { address } of removed) known.delete(address);
    return removed.length;
  }
}
