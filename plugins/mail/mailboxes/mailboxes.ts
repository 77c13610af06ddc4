/** Mailboxes: who has them, who sees them, how they are made. Table: mail_mailboxes. */
import { isSuperadmin, randomFrom, totalOf, whereContainsOrdered, whereHeld } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import { asciiDomain, ownAddress } from '../addresses.ts';
import type { MailConfig } from '../config.ts';
import type { OwnAddress } from '../contract.ts';
import { mailErrors } from '../errors.ts';
import { isMailAdmin } from '../mail-admin.ts';
import type { MailboxHandover } from './handover.ts';
import { MAILBOXES } from './meters.ts';
import type { MailDomains } from './own-domains.ts';
import { looksLikeReturnPath, type ReturnPaths } from './return-paths.ts';
import type { MailboxRow } from './tables.ts';
import type { MailboxTaking } from './taking.ts';

/** The migration that makes this index has a copy. */
const SEARCHED = { table: 'mail_mailboxes', columns: ['address'] };

export interface MailboxFilter {
  domain?: string;
  favorite?: boolean | undefined;
  forward?: boolean | undefined;
  login?: boolean | undefined;
  /** Part of the address. */
  q?: string;
  limit: number;
  offset: number;
}

export interface Mailboxes {
  domains(): readonly string[];
  /** How long one lives that is not kept; 0: for ever. */
  lifeSeconds: number;
  /** What a recipient's address means to us; null for a foreign or malformed one. */
  own(address: string): OwnAddress | null;
  /** Whether mail for the address is taken: its mailbox exists, or catch-all makes one. Usually without a query. */
  accepts(own: OwnAddress): boolean | Promise<boolean>;
  /** Ids of the mailboxes by address; those that are missing are made. Inside the acceptance's transaction. */
  ensure(trx: Transaction, addresses: readonly OwnAddress[]): Promise<Map<string, number>>;
  /** The id of a mailbox that is sure to exist; undefined when that takes a query. */
  knownId(own: OwnAddress): number | undefined;
  byAddress(address: string): Promise<MailboxRow | null>;
  byId(id: number): Promise<MailboxRow | null>;
  /** A new one with a random name. Throws `quota_exceeded`, `limit_exceeded`, `unknown_domain`, `domain_not_open`. */
  generate(principal: Principal, wish: { length: number; domainIndex: number }): Promise<MailboxRow>;
  list(principal: Principal, filter: MailboxFilter): Promise<{ rows: MailboxRow[]; total: number }>;
  /** The mailbox when the principal may read it. Throws `mailbox_not_found` or `not_your_mailbox`. */
  readable(principal: Principal, address: string): Promise<MailboxRow>;
  /** The same inside a transaction, in which nobody else changes its owner or deletes it. Throws likewise. */
  locked(trx: Transaction, principal: Principal, by: { address: string } | { id: number }): Promise<MailboxRow>;
  mayRead(principal: Principal, mailbox: MailboxRow): boolean;
  /** Up to which message the mailbox hides its mail from the principal: what came before its owner had it. */
  hiddenUpTo(principal: Principal, mailbox: MailboxRow): Promise<number>;
  /** Whoever is signed in as a mailbox sees what came since then; 0 for everybody else. */
  visibleSince(principal: Principal): number;
  /** A new mailbox, counted and announced; null when there is one with this address. Throws `limit_exceeded`. */
  insert(trx: Transaction, own: OwnAddress, userId: number | null, tenantId: string | null): Promise<MailboxRow | null>;
  /** The mailbox was deleted. */
  invalidate(address: string): void;
}

const RANDOM_NAME = 'abcdefghijklmnopqrstuvwxyz0123456789';
const MAX_KNOWN = 50_000;
const RETRIES = 5;
/** Where a server is written to about itself, whoever else has a mailbox here (RFC 5321 §4.5.1, RFC 2142 §2). */
const ALWAYS_TAKEN = /^(postmaster|abuse)@/;
/** Mailboxes of the domain itself: they do not end like those of people who wait for a code. */
const LASTING = new Set(['postmaster', 'abuse', 'bounces']);

export function createMailboxes({
  db,
  clock,
  events,
  usage,
  config,
  mailboxHandover,
  mailboxTaking,
  mailDomains,
  returnPaths,
}: Services & {
  mailboxHandover: MailboxHandover;
  mailboxTaking: MailboxTaking;
  mailDomains: MailDomains;
  returnPaths: ReturnPaths;
  config: MailConfig;
}): Mailboxes {
  const ttlMs = config.mailboxTtl * 1000;
  /** Ids of mailboxes that exist, while nobody else can delete them behind our back. */
  const known = new Map<string, number>();

  return {
    domains: mailDomains.names,
    lifeSeconds: config.mailboxTtl,
    own: ownOrReturnPath,
    accepts,
    ensure,
    knownId: ({ address }) => known.get(address),
    byAddress,
    byId: async (id) => (await db.read('mail_mailboxes').where({ id }).first()) ?? null,
    generate,
    list,
    readable,
    locked,
    mayRead,
    hiddenUpTo,
    visibleSince,
    insert,
    invalidate: (address) => void known.delete(address),
  };

  /** Return paths all lead to one mailbox of their domain; one that we did not sign leads nowhere. */
  function ownOrReturnPath(given: string): OwnAddress | null {
    // RFC 5321 §4.5.1: that one needs no domain.
    const found = ownAddress(
      /^postmaster$/i.test(given) ? `${given}@${mailDomains.names()[0]}` : given,
      mailDomains.own(),
    );
    const recipient = found?.recipient ?? found?.address ?? '';
    if (!found || !looksLikeReturnPath(recipient)) return found;
    // As it came: whose address stands in it may tell capitals from small letters.
    const asGiven = `${given.slice(0, given.lastIndexOf('@'))}@${found.domain}`;
    return { address: `bounces@${found.domain}`, domain: found.domain, recipient: asGiven };
  }

  function accepts({ address, recipient }: OwnAddress): boolean | Promise<boolean> {
    if (recipient && looksLikeReturnPath(recipient)) return returnPaths.read(recipient) !== null;
    if (config.catchAll || known.has(address) || ALWAYS_TAKEN.test(address)) return true;
    return byAddress(address).then((row) => {
      if (row) remember(row.address, row.id);
      return row !== null;
    });
  }

  async function ensure(trx: Transaction, wanted: readonly OwnAddress[]): Promise<Map<string, number>> {
    const ids = new Map<string, number>();
    const unknown = new Map<string, OwnAddress>();
    for (const one of wanted) {
      const id = known.get(one.address);
      if (id === undefined) unknown.set(one.address, one);
      else ids.set(one.address, id);
    }
    if (unknown.size === 0) return ids;
    const rows = [...unknown.values()].map((one) => ({ ...newRow(one, null, null), made_by_mail: 1 }));
    const made = await trx('mail_mailboxes')
      .insert(rows)
      .onConflict('address')
      .ignore()
      .returning(['id', 'address', 'tenant_id']);
    await announce(trx, made);
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
    const domain = await mailboxTaking.domainAt(principal, domainIndex);
    for (let attempt = 1; ; attempt++) {
      const own = { address: `${randomFrom(RANDOM_NAME, length)}@${domain}`, domain };
      const made = await db.transaction(async (trx) => {
        await mailboxTaking.refuseOverQuota(trx, principal);
        await mailboxTaking.refuseAddressOfAccount(trx, own);
        return insert(trx, own, principal.userId || null, principal.tenantId);
      });
      if (made) return made;
      if (attempt === RETRIES) throw mailErrors.address_taken();
    }
  }

  function newRow(own: OwnAddress, userId: number | null, tenantId: string | null) {
    const now = clock.now();
    const lasts = ttlMs === 0 || LASTING.has(own.address.slice(0, own.address.lastIndexOf('@')));
    return {
      address: own.address,
      domain: own.domain,
      user_id: userId,
      tenant_id: tenantId,
      created_at: now,
      expires_at: lasts ? null : now + ttlMs,
    };
  }

  async function list(principal: Principal, filter: MailboxFilter): Promise<{ rows: MailboxRow[]; total: number }> {
    const query = db.read('mail_mailboxes').whereNull('removed_at');
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
    if (filter.q && isSuperadmin(principal)) await whereContainsOrdered(query, SEARCHED, filter.q);
    else if (filter.q) whereHeld(query, SEARCHED, filter.q);
    const total = await totalOf(query);
    const order = [
      { column: 'is_pinned', order: 'desc' },
      { column: 'id', order: 'desc' },
    ];
    const rows: MailboxRow[] = await query.select('*').orderBy(order).limit(filter.limit).offset(filter.offset);
    return { rows, total };
  }

  async function readable(principal: Principal, address: string): Promise<MailboxRow> {
    if (principal.kind === 'mailbox' && address.trim().toLowerCase() !== principal.id)
      throw mailErrors.not_your_mailbox();
    const row = await byAddress(address);
    if (!row || !mayRead(principal, row)) throw mailErrors.mailbox_not_found();
    return row;
  }

  async function locked(
    trx: Transaction,
    principal: Principal,
    by: { address: string } | { id: number },
  ): Promise<MailboxRow> {
    const which = 'address' in by ? { address: by.address.trim().toLowerCase() } : by;
    const row = await trx('mail_mailboxes').where(which).whereNull('removed_at').forUpdate().first();
    if (!row || !mayRead(principal, row)) throw mailErrors.mailbox_not_found();
    return row;
  }

  function mayRead(principal: Principal, mailbox: MailboxRow): boolean {
    if (isSuperadmin(principal)) return true;
    if (principal.kind === 'mailbox') return mailbox.address === principal.id;
    if (mailbox.user_id !== null && mailbox.user_id === principal.userId) return true;
    return isMailAdmin(principal) && mailbox.tenant_id !== null && mailbox.tenant_id === principal.tenantId;
  }

  async function hiddenUpTo(principal: Principal, { hidden_up_to, tenant_id }: MailboxRow): Promise<number> {
    if (hidden_up_to === 0 || isSuperadmin(principal)) return 0;
    const isAdmin = isMailAdmin(principal) && principal.tenantId === tenant_id;
    return isAdmin && (await mailboxTaking.isOperator(tenant_id)) ? 0 : hidden_up_to;
  }

  function visibleSince(principal: Principal): number {
    if (principal.kind !== 'mailbox' || isSuperadmin(principal)) return 0;
    return clock.now() - config.mailboxSessionWindow * 1000;
  }

  async function insert(trx: Transaction, own: OwnAddress, userId: number | null, tenantId: string | null) {
    const [row] = await trx('mail_mailboxes')
      .insert(newRow(own, userId, tenantId))
      .onConflict('address')
      .ignore()
      .returning('*');
    if (!row) return null;
    await usage.consume(trx, { tenantId, meter: MAILBOXES });
    // It may have been somebody else's before it was deleted.
    await mailboxHandover.cancelScheduled(trx, { address: own.address, except: { userId, tenantId } });
    await announce(trx, [row]);
    return row;
  }

  async function announce(trx: Transaction, rows: readonly Pick<MailboxRow, 'id' | 'address' | 'tenant_id'>[]) {
    for (const { id, address, tenant_id } of rows) {
      await events.emit(trx, 'mailbox.created', { mailbox_id: id, address }, { tenantId: tenant_id, subject: address });
    }
  }
}
