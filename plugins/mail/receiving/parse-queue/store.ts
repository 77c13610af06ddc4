/**
 * Storing parsed mail: what the parser found, together with everything that follows from it: rules, threads, search, forwards,
 * webhooks, bounces, and `mail.received`. One transaction for a batch. Tables: mail_messages, mail_contents.
 */
import { insertTexts, rowsOf, sanitizeText, valuesTable } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { ReturnPaths } from '../../mailboxes/return-paths.ts';
import type { MessageRow } from '../../mailboxes/tables.ts';
import type { RuleActions } from '../../rules/rule-actions.ts';
import type { MailForwarding } from '../../sending/forwarding.ts';
import type { DeliveryOutcomes, DeliveryReport } from '../../sending/outcomes.ts';
import type { MailEffects, ReceivedMail } from '../mail-effects.ts';
import type { ReceivingLimit } from '../receiving-limit.ts';
import { indexWords } from '../word-index.ts';
import type { Found, ParseOutcome, Result, Waiting } from './stages.ts';

const MAX_ERROR = 1_000;

export interface ParsedMail {
  store(found: readonly Found[]): Promise<void>;
  /** For what cannot be stored in any other way: the message is shown with the error, and nothing follows from it. */
  storeError(row: Waiting, error: string): Promise<void>;
}

export function createParsedMail(
  services: Services & {
    mailEffects: MailEffects;
    mailRuleActions: RuleActions;
    mailForwarding: MailForwarding;
    deliveryOutcomes: DeliveryOutcomes;
    returnPaths: ReturnPaths;
    receivingLimit: ReceivingLimit;
  },
): ParsedMail {
  const { db, clock, mailEffects, mailForwarding, metrics, deliveryOutcomes, returnPaths } = services;
  const { mailRuleActions, receivingLimit } = services;
  const errors = metrics.counter('patchbay_mail_parse_errors_total', 'Messages that could not be parsed', []);

  return {
    async store(found) {
      const results = await Promise.all(found.map(judged));
      await db.transaction((trx) => storeAll(trx, results));
      for (const { error } of results) if (error !== null) errors.inc();
    },
    async storeError(row, error) {
      await db.transaction(async (trx) => {
        const patch = { parsed_at: clock.now(), parse_error: sanitizeText(error, MAX_ERROR), thread_id: row.id };
        await trx('mail_messages').where({ id: row.id }).whereNull('parsed_at').update(patch);
        const content = { message_id: row.id, text: '', html: '', attachments: '[]', links: '[]', is_long: 0 };
        await trx('mail_contents').insert(content).onConflict('message_id').ignore();
      });
      errors.inc();
    },
  };

  async function judged({ row: arrived, outcome, auth }: Found): Promise<Result> {
    const { parsed, error } = resultOf(arrived, outcome);
    const { row, report } = await onReturnPath(arrived, parsed);
    const { subject, sender } = parsed;
    const judged = await mailEffects.judge({ row, sender: sender || row.sender, subject, auth });
    return { row, parsed, error, auth, report, ...judged };
  }

  /**
   * To the return path of a delivery come reports about it. Everything else that comes there, an out-of-office note (RFC 3834
   * §4) or what only pretends to be a report, is mail to whoever sent that mail.
   */
  async function onReturnPath(
    row: Waiting,
    { bounces }: Result['parsed'],
  ): Promise<{ row: Waiting; report: DeliveryReport | null }> {
    const path = returnPaths.read(row.envelope_to);
    const about = path?.kind === 'delivery' ? await deliveryOutcomes.about(path.id) : null;
    if (path?.kind !== 'delivery' || !about) return { row, report: null };
    // RFC 3464 §2: it comes from nobody. And it is about the one that this copy went to.
    const isReport = row.envelope_from === '' && !about.isOver;
    const bounce = isReport && bounces.find(({ recipients }) => recipients.includes(about.recipient.toLowerCase()));
    if (bounce) return { row, report: { deliveryId: path.id, bounce } };
    const { sender } = about;
    if (!sender) return { row, report: null };
    const { id: mailbox_id, address, domain, tenant_id, user_id, forward_to, forward_by } = sender;
    const theirs = { mailbox_id, address, domain, tenant_id, user_id, forward_to, forward_by };
    return { row: { ...row, ...theirs }, report: null };
  }

  async function storeAll(trx: Transaction, all: readonly Result[]): Promise<void> {
    const stored = new Map((await update(trx, all, clock.now())).map(({ id, is_hidden }) => [id, is_hidden === 1]));
    const results = all.filter(({ row }) => stored.has(row.id));
    if (results.length === 0) return;
    receivingLimit.count(
      trx,
      results.map(({ row }) => row),
    );
    await joinThreads(trx, results);
    await insertContents(trx, results);
    await indexWords(trx, db.client, results);
    for (const result of results) {
      await followReturnPath(trx, result);
      if (!stored.get(result.row.id)) await mailRuleActions.order(trx, result.row, result.verdict.ordered);
    }
    const news = results.filter((result) => folderOf(result) === 'inbox');
    await mailEffects.announce(
      trx,
      news.map((result) => {
        const { targets, mayForward } = result;
        return { ...arrivedOf(result), targets, mayForward, isHidden: stored.get(result.row.id) === true };
      }),
    );
  }

  /** A bounce of our own delivery is put down there; one of a forward goes back to whose mail it was. */
  async function followReturnPath(trx: Transaction, result: Result): Promise<void> {
    if (result.report) await deliveryOutcomes.reported(trx, result.report);
    const path = returnPaths.read(result.row.envelope_to);
    if (path?.kind === 'forwarded')
      await mailForwarding.returnToSender(trx, { ...result.row, auth: result.auth }, path.sender);
  }
}

/** What could not be parsed keeps what the quick look at its header found. */
function resultOf(row: Waiting, outcome: ParseOutcome): Pick<Result, 'parsed' | 'error'> {
  if ('parsed' in outcome) return { parsed: outcome.parsed, error: null };
  const { sender, to_addrs: to, subject } = row;
  // Nobody knows who wrote what cannot be read: no program answers it.
  const nothing = {
    isAutomatic: true,
    senderName: '',
    text: '',
    html: '',
    preview: '',
    verificationCode: '',
    words: '',
    messageRef: '',
  };
  const parsed = {
    sender,
    to,
    subject,
    ...nothing,
    isLong: false,
    links: [],
    references: [],
    attachments: [],
    bounces: [],
    replyTo: [],
  };
  return { parsed, error: sanitizeText(outcome.error, MAX_ERROR) };
}

function arrivedOf({ row, parsed, auth }: Result): ReceivedMail {
  return {
    row,
    auth,
    subject: parsed.subject,
    verificationCode: parsed.verificationCode,
    attachments: parsed.attachments.length,
    sender: parsed.sender || row.sender,
    to: parsed.to || row.to_addrs,
    isAutomatic: isAutomatic(row, parsed),
  };
}

function isAutomatic(row: Waiting, parsed: Result['parsed']): boolean {
  return parsed.isAutomatic || row.envelope_from === '';
}

/** What nobody is told of yet. */
function heldAs(result: Result): MessageRow['held'] {
  if (folderOf(result) === 'inbox') return null;
  return isAutomatic(result.row, result.parsed) ? 'automatic' : 'ordinary';
}

function folderOf({ verdict }: Result): MessageRow['folder'] {
  return verdict.action === 'accept' ? 'inbox' : 'quarantine';
}

const UPDATED =
  'id, mailbox_id, sender, sender_name, to_addrs, subject, preview, verification_code, parse_error, message_ref, auth_results, folder, tags, attachment_count, held';

interface Updated {
  id: number;
  /** 1: its mailbox has been somebody else's since it came. */
  is_hidden: number;
}

/** Those that were still there and unparsed: who opens a message, or another replica, may have been faster. */
async function update(trx: Transaction, results: readonly Result[], now: number): Promise<Updated[]> {
  const cells = results.map((result) => {
    const { row, parsed, error, auth, verdict } = result;
    return [
      String(row.id),
      String(row.mailbox_id),
      parsed.sender || row.sender,
      parsed.senderName || null,
      parsed.to || row.to_addrs,
      parsed.subject,
      parsed.preview,
      parsed.verificationCode,
      error,
      parsed.messageRef || null,
      auth ? JSON.stringify(auth) : null,
      folderOf(result),
      verdict.tags.length > 0 ? `,${[...new Set(verdict.tags)].join(',')},` : '',
      String(parsed.attachments.length),
      heldAs(result),
    ];
  });
  const given = valuesTable(trx, UPDATED.split(',').length, cells);
  const updated = await trx.raw(
    `with parsed (${UPDATED}) as (select * from ${given.sql} as given)
     update mail_messages set mailbox_id = cast(parsed.mailbox_id as integer), sender = parsed.sender,
       sender_name = parsed.sender_name, to_addrs = parsed.to_addrs, subject = parsed.subject,
       preview = parsed.preview, verification_code = parsed.verification_code, parse_error = parsed.parse_error,
       message_ref = parsed.message_ref, auth_results = parsed.auth_results, folder = parsed.folder,
       tags = parsed.tags, attachment_count = cast(parsed.attachment_count as integer),
       held = parsed.held, thread_id = mail_messages.id, parsed_at = ?
     from parsed where mail_messages.id = cast(parsed.id as integer) and mail_messages.parsed_at is null
     returning mail_messages.id, (select case when mail_messages.id <= hidden_up_to then 1 else 0 end
       from mail_mailboxes where mail_mailboxes.id = mail_messages.mailbox_id) as is_hidden`,
    [...given.bindings, now],
  );
  return rowsOf<Updated>(updated);
}

/** A message that answers one in the same mailbox joins its thread. */
async function joinThreads(trx: Transaction, results: readonly Result[]): Promise<void> {
  const answers = results.filter(({ parsed }) => parsed.references.length > 0);
  if (answers.length === 0) return;
  const earlier = await trx('mail_messages')
    .whereIn('mailbox_id', [...new Set(answers.map(({ row }) => row.mailbox_id))])
    .whereIn('message_ref', [...new Set(answers.flatMap(({ parsed }) => parsed.references))])
    .select('mailbox_id', 'message_ref', 'thread_id');
  const threads = new Map(earlier.map((one) => [`${one.mailbox_id} ${one.message_ref}`, one.thread_id]));
  for (const { row, parsed } of answers) {
    const reference = parsed.references.find((one) => threads.has(`${row.mailbox_id} ${one}`));
    const thread = reference && threads.get(`${row.mailbox_id} ${reference}`);
    if (!thread || thread === row.id) continue;
    await trx('mail_messages').where({ id: row.id }).update({ thread_id: thread });
    // An answer in the same batch follows this one to its thread.
    if (parsed.messageRef) threads.set(`${row.mailbox_id} ${parsed.messageRef}`, thread);
  }
}

async function insertContents(trx: Transaction, results: readonly Result[]): Promise<void> {
  const rows = results.map(({ row, parsed: { text, html, attachments, links, isLong } }) => [
    row.id,
    text,
    html,
    JSON.stringify(attachments),
    JSON.stringify(links),
    isLong ? 1 : 0,
  ]);
  await insertTexts(trx, 'mail_contents', ['message_id', 'text', 'html', 'attachments', 'links', 'is_long'], rows);
}
