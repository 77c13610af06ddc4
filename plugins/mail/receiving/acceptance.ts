/**
 * Accepting a message: when `accept` resolves, its bytes and its rows are durable. All messages that wait at one
 * moment share one transaction. Tables: mail_messages, core_blobs.
 */
import { insertMany, type PlainCell, type StoredBytes, sanitizeText, valuesTable } from '#core/kit.ts';
import { defineBatch, type Services } from '#core/plugin.ts';
import type { Envelope, HeaderGlance, OwnAddress } from '../contract.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import { glance } from '../messages/header-preview.ts';
import type { ParseLoop } from './parse-queue/loop.ts';

export interface Incoming {
  envelope: Envelope;
  recipients: readonly OwnAddress[];
  stored: StoredBytes;
  /** The first bytes of the message, for a look at its header. */
  head: Buffer;
}

export interface MailAcceptance {
  /** Throws what the hook `mail.accepting` throws; or the database's error, and then nothing was stored. */
  accept(incoming: Incoming): Promise<void>;
}

/** As the columns are. */
export const MAX_SENDER = 320;
const MAX_HELO = 255;

const COLUMNS = [
  'mailbox_id',
  'helo',
  'blob_id',
  'envelope_from',
  'envelope_to',
  'remote_ip',
  'sender',
  'to_addrs',
  'subject',
  'preview',
  'verification_code',
  'size_bytes',
  'received_at',
  'is_read',
] as const;

/** A view with a trigger. What stands in all rows alike stands in the statement, the rest comes as one parameter. */
const GIVEN =
  'mailbox_id, helo, envelope_from, envelope_to, remote_ip, sender, to_addrs, subject, size_bytes, segment, segment_offset, checksum';
const INTAKE = `insert into mail_intake (received_at, preview, verification_code, is_read, ${GIVEN}) select ?, '', '', 0, given.* from `;

export function createMailAcceptance({
  db,
  blobs,
  clock,
  hooks,
  mailboxes,
  mailParseLoop,
  metrics,
}: Services & { mailboxes: Mailboxes; mailParseLoop: ParseLoop }): MailAcceptance {
  const accepted = metrics.counter('patchbay_mail_accepted_total', 'Messages accepted', []);
  const batch = defineBatch<Incoming, void>({
    name: 'mail.accept',
    async write(trx, items) {
      const ids = await mailboxes.ensure(
        trx,
        items.flatMap(({ recipients }) => recipients),
      );
      const blobIds = await blobs.insert(
        trx,
        items.map(({ stored }) => stored),
      );
      const now = clock.now();
      const rows = items.flatMap((item, index) => {
        const seen = glance(item.head);
        return item.recipients.map((own) =>
          rowOf(item, own, ids.get(own.address) ?? 0, blobIds[index] ?? 0, seen, now),
        );
      });
      await insertMany(trx, 'mail_messages', COLUMNS, rows);
      return items.map(() => undefined);
    },
    /** For messages to one mailbox that exists already: nearly all of them, when there is much to do. */
    statement(items) {
      const rows: PlainCell[][] = [];
      for (const { envelope, recipients, stored, head } of items) {
        const [own] = recipients;
        const id = own && recipients.length === 1 ? mailboxes.knownId(own) : undefined;
        if (!own || id === undefined || !('segment' in stored)) return null;
        const { sizeBytes, segment, offset, checksum } = stored;
        rows.push([id, envelope.helo, ...whoWrote(envelope, own, glance(head)), sizeBytes, segment, offset, checksum]);
      }
      const given = valuesTable(db.write, GIVEN.split(',').length, rows);
      return { sql: `${INTAKE}${given.sql} as given`, bindings: [clock.now(), ...given.bindings] };
    },
  });

  return {
    async accept(given) {
      const incoming = { ...given, envelope: storableEnvelope(given.envelope) };
      const { envelope, recipients, stored, head } = incoming;
      const context = {
        envelope,
        recipients,
        sizeBytes: stored.sizeBytes,
        header: () => glance(head),
        raw: () => blobs.bytesOf(stored),
      };
      let state: 'judged' | 'storing' | 'refused' = 'judged';
      const store = (): Promise<void> => {
        // A hook that goes on after it was given up.
        if (state === 'refused') throw new Error('The message was refused already');
        state = 'storing';
        return db.batch(batch, incoming);
      };
      try {
        await hooks.run('mail.accepting', context, store);
      } catch (error) {
        // A database that was asked may have taken it: what it might point to stays.
        if (state === 'judged') {
          state = 'refused';
          await blobs.discard(stored);
        }
        throw error;
      }
      accepted.inc();
      mailParseLoop.wake();
    },
  };
}

/** What a column would refuse fails the whole group, and with it the mail of others. */
function storableEnvelope({ from, to, remoteIp, helo }: Envelope): Envelope {
  return { from: sanitizeText(from, MAX_SENDER), to, remoteIp, helo: sanitizeText(helo, MAX_HELO) };
}

function rowOf(item: Incoming, own: OwnAddress, mailboxId: number, blobId: number, seen: HeaderGlance, now: number) {
  const { envelope, stored } = item;
  return [mailboxId, envelope.helo, blobId, ...whoWrote(envelope, own, seen), '', '', stored.sizeBytes, now, 0];
}

/** Sender, recipient and address of the envelope; sender, recipient and subject of the header. */
function whoWrote(envelope: Incoming['envelope'], own: OwnAddress, seen: HeaderGlance): PlainCell[] {
  const recipient = own.recipient ?? own.address;
  return [
    envelope.from,
    recipient,
    envelope.remoteIp,
    seen.from || envelope.from,
    seen.to || own.address,
    seen.subject,
  ];
}
