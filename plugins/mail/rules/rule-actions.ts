/**
 * Actions of rules, what they can do with a mail: the five that mail itself decides by, and those that other plugins register. Theirs are
 * done by a job that begins in the transaction which stores the mail, so that none is forgotten and none holds up mail.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Static, TSchema } from 'typebox';
import { type Check, closed, compileCheck, isAppError } from '#core/kit.ts';
import { coreErrors, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { MailRuleAction } from '../contract.ts';
import type { MessageRow } from '../mailboxes/tables.ts';

const OWN_ACTIONS = {
  accept: 'Puts the mail in the inbox, whatever later rules say',
  reject: 'Refuses the mail, or puts it in quarantine where it has other recipients',
  quarantine: 'Puts the mail in quarantine',
  forward: 'Sends a copy to the address in value',
  tag: 'Gives the mail the tag in value',
} as const;
export type OwnAction = keyof typeof OWN_ACTIONS;

/** An action of another plugin, as a rule orders it. */
export interface OrderedAction {
  rule: number;
  action: string;
  settings: unknown;
}

type StoredMail = Pick<MessageRow, 'id'> & { tenant_id: string | null };

export interface ActionView {
  name: string;
  summary: string;
  /** JSON Schema of its settings; null where it has none. */
  settings: TSchema | null;
}

export interface RuleActions {
  register<S extends TSchema>(action: MailRuleAction<S>): void;
  /** From now on none is added. */
  close(): void;
  /** Every action that rules may have. */
  list(): ActionView[];
  isThere(name: string): boolean;
  /** The settings as they are stored. Throws `validation_error`, and what the action throws to refuse this principal. */
  checked(principal: Principal, name: string, settings: unknown): Promise<string | null>;
  /** In the transaction that stores the mail. */
  order(trx: Transaction, mail: StoredMail, actions: readonly OrderedAction[]): Promise<void>;
  /** Does what was ordered; what is not there any more, the mail or the plugin, is passed over. */
  apply(ordered: OrderedAction & { message: number }, job: { id: number; signal: AbortSignal }): Promise<void>;
}

const NAME = /^[a-z][a-z0-9-]*\.[A-Za-z][A-Za-z0-9]*$/;
const LONGEST_NAME = 64;
const LONGEST_SETTINGS = 10_000;

type Registered = MailRuleAction<TSchema> & { check: Check };

export function createMailRuleActions({ accounts, db, jobs, log }: Services & AuthServices): RuleActions {
  const registered = new Map<string, Registered>();
  let isClosed = false;

  return { register, close, list, isThere, checked, order, apply };

  function register<S extends TSchema>(action: MailRuleAction<S>): void {
    const { name } = action;
    if (isClosed) throw new Error(`Register the mail rule action '${name}' in a service factory: rules run already`);
    if (!NAME.test(name) || name.length > LONGEST_NAME) {
      throw new Error(`'${name}' is no name of a mail rule action: it is called 'plugin.action', as a function is`);
    }
    if (registered.has(name)) throw new Error(`There are two mail rule actions called '${name}'`);
    registered.set(name, {
      ...action,
      apply: (mail, settings: unknown, call) => action.apply(mail, settings as Static<S>, call),
      check: compileCheck(closed(action.input), 'settings'),
    });
  }

  function close(): void {
    isClosed = true;
  }

  function isThere(name: string): boolean {
    return isOwnAction(name) || registered.has(name);
  }

  function list(): ActionView[] {
    const own = Object.entries(OWN_ACTIONS).map(([name, summary]) => ({ name, summary, settings: null }));
    const others = [...registered.values()].map(({ name, summary, input }) => ({ name, summary, settings: input }));
    return [...own, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
  }

  async function checked(principal: Principal, name: string, given: unknown): Promise<string | null> {
    const action = registered.get(name);
    if (!action) {
      if (!isOwnAction(name)) throw problem('action', `there is no action '${name}'; there are ${names()}`);
      if (given !== undefined && given !== null) throw problem('settings', `'${name}' has no settings`);
      return null;
    }
    const settings: unknown = structuredClone(given ?? {});
    const issues = action.check(settings);
    if (issues) throw coreErrors.validation_error({ issues });
    const text = JSON.stringify(settings);
    if (text.length > LONGEST_SETTINGS) throw problem('settings', `has more than ${LONGEST_SETTINGS} characters`);
    await action.mayUse?.(principal);
    return text;
  }

  function names(): string {
    return list()
      .map(({ name }) => name)
      .join(', ');
  }

  async function order(trx: Transaction, mail: StoredMail, actions: readonly OrderedAction[]): Promise<void> {
    const done: OrderedAction[] = [];
    for (const ordered of actions) {
      if (done.some((one) => one.action === ordered.action && isDeepStrictEqual(one.settings, ordered.settings)))
        continue;
      done.push(ordered);
      const lane = mail.tenant_id === null ? {} : { lane: mail.tenant_id };
      await jobs.enqueue(trx, 'mail.applyRule', { ...ordered, message: mail.id }, lane);
    }
  }

  async function apply(
    { message, rule, action: name, settings }: OrderedAction & { message: number },
    { id, signal }: { id: number; signal: AbortSignal },
  ): Promise<void> {
    const action = registered.get(name);
    if (!action) {
      log.warn({ rule, action: name, message }, 'No plugin brings the action of a mail rule any more');
      return;
    }
    const row = await db
      .read('mail_messages')
      .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_messages.mailbox_id')
      .where('mail_messages.id', message)
      .whereNull('mail_mailboxes.removed_at')
      .first(
        'mail_messages.sender',
        'mail_messages.to_addrs',
        'mail_messages.subject',
        'mail_messages.size_bytes',
        'mail_messages.received_at',
        'mail_mailboxes.address',
        'mail_mailboxes.tenant_id',
      );
    if (!row) return;
    if (!(await mayStillUse(action, rule))) {
      log.warn(
        { rule, action: name, message },
        'The person who made a mail rule is no longer allowed to use its action',
      );
      return;
    }
    const mail = {
      message_id: message,
      mailbox: row.address,
      tenantId: row.tenant_id,
      from: row.sender,
      to: row.to_addrs,
      subject: row.subject,
      received_at: Number(row.received_at),
      size_bytes: row.size_bytes,
    };
    await action.apply(mail, settings, { rule, idempotencyKey: `mail.applyRule/${id}`, signal });
  }

  /** Asked again for each mail: a right may have been taken away since the rule was made. Of super-admins nobody asks. */
  async function mayStillUse({ mayUse }: Registered, rule: number): Promise<boolean> {
    const row = mayUse && (await db.read('mail_rules').where({ id: rule }).first('made_by'));
    if (!mayUse || !row || row.made_by === null) return true;
    const principal = await accounts.principalOf(row.made_by);
    if (!principal) return false;
    try {
      await mayUse(principal);
      return true;
    } catch (error) {
      if (isAppError(error) && error.status < 500) return false;
      throw error;
    }
  }
}

function isOwnAction(name: string): name is OwnAction {
  return Object.hasOwn(OWN_ACTIONS, name);
}

function problem(field: 'action' | 'settings', message: string) {
  return coreErrors.validation_error({ issues: [{ path: ['body', field], message, keyword: 'registry' }] });
}
