/** Rules of mailboxes and domains: what happens to a message that meets their conditions. Table: mail_rules. */
import { createRemembered, isSuperadmin } from '#core/kit.ts';
import { coreErrors, type Precondition, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { isMailAddress } from '../addresses.ts';
import { mailErrors } from '../errors.ts';
import type { EndedMailbox, MailboxHandover } from '../mailboxes/handover.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import { refusalToForward, senderOf, type Target } from '../may-send.ts';
import type { OrderedAction, RuleActions } from './rule-actions.ts';
import { type Candidate, meets, type RuleConditions } from './rule-matching.ts';
import type { RuleRow } from './tables.ts';

export interface NewRule {
  name: string;
  mailbox?: string;
  domain?: string;
  position?: number;
  enabled?: boolean;
  conditions: RuleConditions;
  /** One of `rule-actions.ts`. */
  action: string;
  value?: string | null;
  /** Of an action that another plugin brings. */
  settings?: unknown;
}

export interface Verdict {
  action: 'accept' | 'reject' | 'quarantine';
  forwards: Target[];
  tags: string[];
  /** What other plugins shall do. */
  ordered: OrderedAction[];
}

export interface MailRules {
  /** What the rules say; without any, that it is accepted. */
  judge(candidate: Candidate): Promise<Verdict>;
  /** Whether a rule could refuse mail for one of these addresses, and whether it asks for authentication. */
  mayRefuse(addresses: readonly Pick<Candidate, 'address' | 'domain'>[]): Promise<{ any: boolean; needsAuth: boolean }>;
  /** Throws `mailbox_not_found`, `foreign_domain`, `bad_request`, `validation_error`; `may_not_send` for a forward. */
  create(principal: Principal, rule: NewRule): Promise<FoundRule>;
  /** Throws `not_found`, what `unchanged` does, and `may_not_send` for a forward that is on afterwards. */
  change(principal: Principal, id: number, patch: Partial<NewRule>, unchanged: Precondition): Promise<FoundRule>;
  remove(principal: Principal, id: number, unchanged: Precondition): Promise<void>;
  /** All rules that people of a tenant have made, also for domains. */
  deleteOfTenant(trx: Transaction, tenantId: string): Promise<void>;
}

export interface FoundRule {
  row: RuleRow;
  /** Of its mailbox; null for the rule of a domain. */
  address: string | null;
}

type Loaded = RuleRow & { address: string | null; parsed: RuleConditions; given: unknown };

/** Enabled rules in their order, by what they are about: a message is judged by those of its mailbox and its domain. */
interface Index {
  byAddress: Map<string, Loaded[]>;
  byDomain: Map<string, Loaded[]>;
}

const MAX_PER_MAILBOX = 100;
/** All rules are remembered together. */
const ALL = '';

export function createMailRules(
  services: Services &
    AuthServices & { mailboxes: Mailboxes; mailboxHandover: MailboxHandover; mailRuleActions: RuleActions },
): MailRules {
  const { db, clock, auditLog, mailboxes, mailRuleActions, notices } = services;
  const rules = createRemembered({ notices, topic: 'mail.rules', load });

  services.mailboxHandover.register({ end: deleteOfMailboxes });

  return { judge, mayRefuse, create, change, remove, deleteOfTenant };

  async function judge(candidate: Candidate): Promise<Verdict> {
    const verdict: Verdict = { action: 'accept', forwards: [], tags: [], ordered: [] };
    for (const rule of concerned(await rules.of(ALL), candidate)) {
      if (!meets(rule.parsed, candidate)) continue;
      if (rule.action === 'forward') verdict.forwards.push({ to: rule.value ?? '', by: rule.made_by });
      else if (rule.action === 'tag') verdict.tags.push(rule.value ?? '');
      else if (isDecision(rule.action)) return { ...verdict, action: rule.action };
      else if (mailRuleActions.isThere(rule.action))
        verdict.ordered.push({ rule: rule.id, action: rule.action, settings: rule.given });
    }
    return verdict;
  }

  async function mayRefuse(addresses: readonly Pick<Candidate, 'address' | 'domain'>[]) {
    const index = await rules.of(ALL);
    const refusing = addresses.flatMap((one) => concerned(index, one)).filter(({ action }) => action === 'reject');
    const needsAuth = refusing.some(({ parsed }) => parsed.spf || parsed.dkim || parsed.dmarc);
    return { any: refusing.length > 0, needsAuth };
  }

  async function load(): Promise<Index> {
    const rows = await db
      .read('mail_rules')
      .leftJoin('mail_mailboxes', 'mail_mailboxes.id', 'mail_rules.mailbox_id')
      .where({ is_enabled: 1 })
      .select('mail_rules.*', 'mail_mailboxes.address')
      .orderBy([{ column: 'mail_rules.position' }, { column: 'mail_rules.id' }]);
    const index: Index = { byAddress: new Map(), byDomain: new Map() };
    for (const row of rows) {
      const [map, key] = row.address === null ? [index.byDomain, row.domain ?? ''] : [index.byAddress, row.address];
      const given: unknown = row.settings === null ? {} : JSON.parse(row.settings);
      map.set(key, [...(map.get(key) ?? []), { ...row, parsed: JSON.parse(row.conditions), given }]);
    }
    return index;
  }

  async function create(principal: Principal, rule: NewRule): Promise<FoundRule> {
    const settings = await mailRuleActions.checked(principal, rule.action, rule.settings);
    const value = checkedValue(rule.action, rule.value);
    const refusal = rule.action === 'forward' ? await refusalToForward(principal, services) : null;
    return db.transaction(async (trx) => {
      const place = await placeOf(trx, principal, rule);
      if (refusal) throw refusal;
      const row = {
        ...place,
        name: rule.name,
        position: rule.position ?? 100,
        is_enabled: rule.enabled === false ? 0 : 1,
        conditions: JSON.stringify(rule.conditions),
        action: rule.action,
        value,
        settings,
        made_by: senderOf(principal),
        created_at: clock.now(),
      };
      const [made] = await trx('mail_rules').insert(row).returning('*');
      if (!made) throw new Error('The rule was not stored');
      await auditLog.record({ action: 'rule.created', actor: principal, ...aboutRule(made) }, trx);
      await rules.changed(trx);
      return { row: made, address: rule.mailbox?.trim().toLowerCase() ?? null };
    });
  }

  /** Rules of a domain touch everybody's mail in it: only super-admins make them. */
  async function placeOf(trx: Transaction, principal: Principal, { mailbox, domain }: NewRule) {
    if (mailbox) {
      const row = await mailboxes.locked(trx, principal, { address: mailbox });
      const counted = await trx('mail_rules').where({ mailbox_id: row.id }).count({ total: '*' }).first();
      if (Number(counted?.total ?? 0) >= MAX_PER_MAILBOX) throw mailErrors.too_many_rules();
      return { mailbox_id: row.id, domain: null, tenant_id: row.tenant_id };
    }
    if (!isSuperadmin(principal)) throw coreErrors.forbidden();
    const own = domain ? mailboxes.own(`postmaster@${domain}`) : null;
    if (!own) throw mailErrors.foreign_domain();
    return { mailbox_id: null, domain: own.domain, tenant_id: principal.tenantId };
  }

  async function change(principal: Principal, id: number, patch: Partial<NewRule>, unchanged: Precondition) {
    const refusal = await refusalToForward(principal, services);
    const checked = await changedSettings(principal, id, patch);
    return db.transaction(async (trx) => {
      const { row, address } = await manageable(trx, principal, id);
      unchanged(row);
      const action = patch.action ?? row.action;
      const isOn = patch.enabled ?? row.is_enabled === 1;
      if (refusal && action === 'forward' && isOn) throw refusal;
      const settings = checked === undefined ? {} : { settings: checked };
      const [changed] = await trx('mail_rules')
        .where({ id })
        .update({
          ...(patch.name !== undefined && { name: patch.name }),
          ...(patch.position !== undefined && { position: patch.position }),
          ...(patch.enabled !== undefined && { is_enabled: patch.enabled ? 1 : 0 }),
          ...(patch.conditions && { conditions: JSON.stringify(patch.conditions) }),
          action,
          made_by: senderOf(principal),
          value: checkedValue(action, patch.value === undefined ? row.value : patch.value),
          ...settings,
        })
        .returning('*');
      if (!changed) throw coreErrors.not_found();
      await auditLog.record({ action: 'rule.changed', actor: principal, ...aboutRule(changed) }, trx);
      await rules.changed(trx);
      return { row: changed, address };
    });
  }

  /** Undefined when neither action nor settings change. */
  async function changedSettings(principal: Principal, id: number, patch: Partial<NewRule>) {
    if (patch.action === undefined && patch.settings === undefined) return undefined;
    const { row } = await db.transaction((trx) => manageable(trx, principal, id));
    const action = patch.action ?? row.action;
    const kept: unknown = action === row.action && row.settings !== null ? JSON.parse(row.settings) : undefined;
    return mailRuleActions.checked(principal, action, patch.settings === undefined ? kept : patch.settings);
  }

  async function remove(principal: Principal, id: number, unchanged: Precondition): Promise<void> {
    await db.transaction(async (trx) => {
      const { row } = await manageable(trx, principal, id);
      unchanged(row);
      await trx('mail_rules').where({ id }).delete();
      await auditLog.record({ action: 'rule.deleted', actor: principal, ...aboutRule(row) }, trx);
      await rules.changed(trx);
    });
  }

  /** The rule and its mailbox, as they are until the transaction ends. Throws `not_found`. */
  async function manageable(trx: Transaction, principal: Principal, id: number): Promise<FoundRule> {
    const found = await trx('mail_rules').where({ id }).first();
    if (!found) throw coreErrors.not_found();
    const address = await manageableAddress(trx, principal, found);
    const row = await trx('mail_rules').where({ id }).forUpdate().first();
    if (!row) throw coreErrors.not_found();
    return { row, address };
  }

  /** The mailbox is locked before its rule, as by who deletes it with its rules. */
  async function manageableAddress(trx: Transaction, principal: Principal, { mailbox_id }: RuleRow) {
    if (mailbox_id === null) {
      if (!isSuperadmin(principal)) throw coreErrors.not_found();
      return null;
    }
    const mailbox = await trx('mail_mailboxes').where({ id: mailbox_id }).forUpdate().first();
    if (!mailbox || !mailboxes.mayRead(principal, mailbox)) throw coreErrors.not_found();
    return mailbox.address;
  }

  async function deleteOfMailboxes(trx: Transaction, mailboxes: readonly EndedMailbox[]): Promise<void> {
    const ids = mailboxes.map(({ id }) => id);
    if ((await trx('mail_rules').whereIn('mailbox_id', ids).delete()) > 0) await rules.changed(trx);
  }

  async function deleteOfTenant(trx: Transaction, tenant_id: string): Promise<void> {
    if ((await trx('mail_rules').where({ tenant_id }).delete()) > 0) await rules.changed(trx);
  }
}

function isDecision(action: string): action is Verdict['action'] {
  return action === 'accept' || action === 'reject' || action === 'quarantine';
}

function checkedValue(action: string, value: string | null | undefined): string | null {
  if (action === 'forward') {
    if (!value || !isMailAddress(value)) throw mailErrors.bad_address();
    return value;
  }
  if (action !== 'tag') return null;
  if (!value || !/^[^,\s\0]{1,50}$/u.test(value)) {
    throw coreErrors.bad_request({ message: 'A tag is one word of at most 50 characters, without commas' });
  }
  return value;
}

/** Rules of mailboxes stand before those of domains. */
function concerned(
  { byAddress, byDomain }: Index,
  { address, domain }: Pick<Candidate, 'address' | 'domain'>,
): Loaded[] {
  return [...(byAddress.get(address) ?? []), ...(byDomain.get(domain) ?? [])];
}

/** For the audit log, which says of whom it is and not what it does. */
function aboutRule({ id, tenant_id }: { id: number; tenant_id: string | null }) {
  return { tenantId: tenant_id, targetType: 'rule', targetId: String(id) };
}
