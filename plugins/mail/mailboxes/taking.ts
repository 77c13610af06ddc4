/** Taking: who may take a mailbox, in which domains, and which addresses nobody may. Table: mail_mailboxes. */
import { domainToUnicode } from 'node:url';
import { isSuperadmin } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { MailConfig } from '../config.ts';
import type { OwnAddress } from '../contract.ts';
import { mailErrors } from '../errors.ts';
import { isMailAdmin } from '../mail-admin.ts';
import type { MailDomains } from './own-domains.ts';

export interface MailboxTaking {
  /** The domains in which the principal may make mailboxes. */
  domainsFor(principal: Principal): Promise<readonly string[]>;
  /** One of them by its place in that list. Throws `domain_not_open`, `unknown_domain`. */
  domainAt(principal: Principal, index: number): Promise<string>;
  /** Domains in which everybody with an account may take mailboxes. */
  publicDomains(): readonly string[];
  /** Links to an account's own address open the account, so nobody takes its mailbox. Throws `address_taken`. */
  refuseAddressOfAccount(trx: Transaction, own: OwnAddress): Promise<void>;
  /** Throws `quota_exceeded`. Inside the transaction that makes the mailbox. */
  refuseOverQuota(trx: Transaction, principal: Principal): Promise<void>;
  /** Whether the tenant is the one of whoever runs this server. */
  isOperator(tenantId: string | null): Promise<boolean>;
}

export function createMailboxTaking({
  config,
  directory,
  mailDomains,
  operatorTenant,
}: Services & AuthServices & { mailDomains: MailDomains; config: MailConfig }): MailboxTaking {
  return {
    domainsFor,
    domainAt,
    publicDomains: mailDomains.publicNames,
    refuseAddressOfAccount,
    refuseOverQuota,
    isOperator,
  };

  async function domainsFor(principal: Principal): Promise<readonly string[]> {
    const domains = mailDomains.names();
    if (isSuperadmin(principal) || principal.kind === 'mailbox' || principal.kind === 'guest') return domains;
    if (await isOperator(principal.tenantId)) return domains;
    return domains.filter((domain) => mailDomains.publicNames().includes(domain));
  }

  async function domainAt(principal: Principal, index: number): Promise<string> {
    const open = await domainsFor(principal);
    if (open.length === 0) throw mailErrors.domain_not_open();
    const domain = open[index];
    if (domain === undefined) throw mailErrors.unknown_domain();
    return domain;
  }

  async function isOperator(tenantId: string | null): Promise<boolean> {
    return tenantId !== null && tenantId === (await operatorTenant.id());
  }

  /** Accounts write their domain in either form, and `ada+shop@` is ada's mailbox. */
  async function refuseAddressOfAccount(trx: Transaction, { address, domain }: OwnAddress): Promise<void> {
    const local = address.slice(0, address.lastIndexOf('@'));
    const forms = { local, domains: [...new Set([domain, domainToUnicode(domain)])], withTags: config.plusAddressing };
    if (await directory.hasAddress(trx, forms)) throw mailErrors.address_taken();
  }

  /** Administrators have no limit (temp-mail document). */
  async function refuseOverQuota(trx: Transaction, principal: Principal): Promise<void> {
    if (isMailAdmin(principal) || !principal.userId) return;
    // The row lock makes two requests of one user take turns; SQLite has one writer anyway.
    const owner = await directory.locked(trx, principal.userId);
    const counted = await trx('mail_mailboxes').where({ user_id: principal.userId }).count({ total: '*' }).first();
    const limit = owner?.mailbox_limit ?? 0;
    if (Number(counted?.total ?? 0) >= limit) throw mailErrors.quota_exceeded({ extra: { limit } });
  }
}
