/** Rules of mailboxes and domains: what happens to a message that meets their conditions. Table: mail_rules. */
import { coreErrors } from '#core/errors.ts';
import { isSuperadmin, type Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import type { MailboxRow, RuleRow } from '../../tables.ts';
import { isMailAddress } from '../addresses.ts';
import { isMailAdmin } from '../roles.ts';
import type { AuthResults } from './mail-authentication.ts';

/** All that are given must hold. Texts are parts, in any case; with a `*` they are the whole. */
export interface RuleConditions {
  sender?: string;
  subject?: string;
  larger_than?: number;
  smaller_than?: number;
  spf?: string[];
  dkim?: string[];
  dmarc?: string[];
}

export interface NewRule {
  name: string;
  mailbox?: string;
  domain?: string;
  position?: number;
  enabled?: boolean;
  conditions: RuleConditions;
  action: RuleRow['action'];
  value?: string | null;
}

/** What rules look at. */
export interface Candidate {
  address: string;
  domain: string;
  sender: string;
  subject: string;
  sizeBytes: number;
  auth: AuthResults | null;
}

export interface Verdict {
  action: 'accept' | 'reject' | 'quarantine';
  forwards: string[];
  tags: string[];
}

export interface MailRules {
  /** What the rules say; without any, that it is accepted. */
  judge(candidate: Candidate): Promise<Verdict>;
  /** Whether a rule could refuse mail for one of these addresses, and whether it asks for authentication. */
  mayRefuse(addresses: readonly Pick<Candidate, 'address' | 'domain'>[]): Promise<{ any: boolean; needsAuth: boolean }>;
  list(principal: Principal): Promise<RuleView[]>;
  /** Throws `mailbox_not_found`, `foreign_domain`, `bad_request`. */
  create(principal: Principal, rule: NewRule): Promise<RuleView>;
  change(principal: Principal, id: number, patch: Partial<NewRule>): Promise<RuleView>;
  remove(principal: Principal, id: number): Promise<void>;
}

export interface RuleView {
  id: number;
  name: string;
  mailbox: string | null;
  domain: string | null;
  position: number;
  enabled: boolean;
  conditions: RuleConditions;
  action: RuleRow['action'];
  value: string | null;
}

type Loaded = RuleRow & { address: string | null; parsed: RuleConditions };

/** Other replicas see a change this much later. */
const RELOAD_AFTER_MS = 5_000;
const ACCEPTED: Verdict = { action: 'accept', forwards: [], tags: [] };

export function createMailRules({ db, clock, mailboxes }: Services): MailRules {
  let rules: Loaded[] | null = null;
  let loadedAt = 0;

  return { judge, mayRefuse, list, create, change, remove };

  async function judge(candidate: Candidate): Promise<Verdict> {
    const all = await current();
    if (all.length === 0) return ACCEPTED;
    const verdict: Verdict = { action: 'accept', forwards: [], tags: [] };
    for (const rule of all) {
      if (!concerns(rule, candidate) || !meets(rule.parsed, candidate)) continue;
      if (rule.action === 'forward') verdict.forwards.push(rule.value ?? '');
      else if (rule.action === 'tag') verdict.tags.push(rule.value ?? '');
      else return { ...verdict, action: rule.action };
    }
    return verdict;
  }

  async function mayRefuse(addresses: readonly Pick<Candidate, 'address' | 'domain'>[]) {
    const refusing = (await current()).filter(
      (rule) => rule.action === 'reject' && addresses.some((one) => concerns(rule, one)),
    );
    const needsAuth = refusing.some(({ parsed }) => parsed.spf || parsed.dkim || parsed.dmarc);
    return { any: refusing.length > 0, needsAuth };
  }

  /** Rules of mailboxes stand before those of domains. */
  async function current(): Promise<Loaded[]> {
    const isStale = !db.soleWriter && clock.now() - loadedAt > RELOAD_AFTER_MS;
    if (rules && !isStale) return rules;
    const rows = await db
      .read('mail_rules')
      .leftJoin('mail_mailboxes', 'mail_mailboxes.id', 'mail_rules.mailbox_id')
      .where({ is_enabled: 1 })
      .select('mail_rules.*', 'mail_mailboxes.address')
      .orderBy([{ column: 'mail_rules.position' }, { column: 'mail_rules.id' }]);
    const loaded: Loaded[] = rows.map((row) => ({ ...row, parsed: JSON.parse(row.conditions) }));
    rules = [...loaded.filter(({ address }) => address !== null), ...loaded.filter(({ address }) => address === null)];
    loadedAt = clock.now();
    return rules;
  }

  async function list(principal: Principal): Promise<RuleView[]> {
    const query = withAddress().orderBy('mail_rules.position');
    if (!isSuperadmin(principal)) {
      if (isMailAdmin(principal)) query.where('mail_rules.tenant_id', principal.tenantId);
      else query.where('mail_mailboxes.user_id', principal.userId);
    }
    return (await query).map(viewOf);
  }

  function withAddress() {
    return db
      .read('mail_rules')
      .leftJoin('mail_mailboxes', 'mail_mailboxes.id', 'mail_rules.mailbox_id')
      .select('mail_rules.*', 'mail_mailboxes.address');
  }

  async function create(principal: Principal, rule: NewRule): Promise<RuleView> {
    const place = await placeOf(principal, rule);
    const row = {
      ...place,
      name: rule.name,
      position: rule.position ?? 100,
      is_enabled: rule.enabled === false ? 0 : 1,
      conditions: JSON.stringify(rule.conditions),
      action: rule.action,
      value: checkedValue(rule.action, rule.value),
      created_at: clock.now(),
    };
    const [made] = await db.write('mail_rules').insert(row).returning('*');
    rules = null;
    if (!made) throw new Error('The rule was not stored');
    return viewOf({ ...made, address: rule.mailbox?.toLowerCase() ?? null });
  }

  /** Rules of a domain touch everybody's mail in it: only super-admins make them. */
  async function placeOf(principal: Principal, { mailbox, domain }: Pick<NewRule, 'mailbox' | 'domain'>) {
    if (mailbox) {
      const row = await mailboxes.readable(principal, mailbox);
      return { mailbox_id: row.id, domain: null, tenant_id: row.tenant_id };
    }
    if (!isSuperadmin(principal)) throw coreErrors.forbidden();
    if (!domain || !mailboxes.own(`postmaster@${domain}`)) throw mailErrors.foreign_domain();
    return { mailbox_id: null, domain: domain.toLowerCase(), tenant_id: principal.tenantId };
  }

  async function change(principal: Principal, id: number, patch: Partial<NewRule>): Promise<RuleView> {
    const row = await manageable(principal, id);
    const action = patch.action ?? row.action;
    await db
      .write('mail_rules')
      .where({ id })
      .update({
        ...(patch.name !== undefined && { name: patch.name }),
        ...(patch.position !== undefined && { position: patch.position }),
        ...(patch.enabled !== undefined && { is_enabled: patch.enabled ? 1 : 0 }),
        ...(patch.conditions && { conditions: JSON.stringify(patch.conditions) }),
        action,
        value: checkedValue(action, patch.value === undefined ? row.value : patch.value),
      });
    rules = null;
    return viewOf(await manageable(principal, id));
  }

  async function remove(principal: Principal, id: number): Promise<void> {
    await manageable(principal, id);
    await db.write('mail_rules').where({ id }).delete();
    rules = null;
  }

  async function manageable(principal: Principal, id: number): Promise<RuleRow & { address: string | null }> {
    const row = await withAddress().where('mail_rules.id', id).first();
    if (!row) throw coreErrors.not_found();
    if (row.mailbox_id !== null) {
      const mailbox: MailboxRow | undefined = await db.read('mail_mailboxes').where({ id: row.mailbox_id }).first();
      if (!mailbox || !mailboxes.mayRead(principal, mailbox)) throw coreErrors.not_found();
    } else if (!isSuperadmin(principal)) throw coreErrors.not_found();
    return row;
  }
}

function checkedValue(action: RuleRow['action'], value: string | null | undefined): string | null {
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

function viewOf(row: RuleRow & { address: string | null }): RuleView {
  const { id, name, domain, position, action, value } = row;
  const conditions: RuleConditions = JSON.parse(row.conditions);
  return { id, name, mailbox: row.address, domain, position, enabled: row.is_enabled === 1, conditions, action, value };
}

function concerns(rule: Loaded, { address, domain }: Pick<Candidate, 'address' | 'domain'>): boolean {
  return rule.address === null ? rule.domain === domain : rule.address === address;
}

function meets(conditions: RuleConditions, { sender, subject, sizeBytes, auth }: Candidate): boolean {
  if (conditions.sender && !matches(conditions.sender, sender)) return false;
  if (conditions.subject && !matches(conditions.subject, subject)) return false;
  if (conditions.larger_than !== undefined && sizeBytes <= conditions.larger_than) return false;
  if (conditions.smaller_than !== undefined && sizeBytes >= conditions.smaller_than) return false;
  for (const method of ['spf', 'dkim', 'dmarc'] as const) {
    const wanted = conditions[method];
    if (wanted && !wanted.includes(auth?.[method] ?? 'none')) return false;
  }
  return true;
}

/** Without regular expressions: patterns are strangers' input, and so are the texts. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const whole = text.toLowerCase();
  if (parts.length === 1) return whole.includes(parts[0] ?? '');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= whole.length - last.length;
}
