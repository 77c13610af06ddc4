/**
 * Who answers: a program, or people who have taken a conversation over. Each change is one statement, so that of two
 * replicas one does it. Table: robots_conversations.
 */

import { CLOCK_TOLERANCE_MS } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import type { Conversations } from '../contract.ts';
import { robotErrors } from '../errors.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import { emitPlain, eventOf, knownConversation } from './conversation-events.ts';
import { refusalOf } from './identity/consent.ts';
import type { ContactRow, ConversationRow, PausedBy } from './tables.ts';

export interface Handover extends Pick<Conversations, 'isAutomatic' | 'handOver'> {
  /** As `isAutomatic`, of a conversation that was read already. */
  allows(standing: Standing): Promise<boolean>;
  /** As `isAutomatic` but for the plan, and so until the transaction ends. */
  isAutomaticWithin(trx: Transaction, conversation: number): Promise<boolean>;
  /** A person has answered: automatic answers pause, and come back by themselves. */
  personAnswered(trx: Transaction, conversation: number): Promise<void>;
  /** The same on the robot's phone, where all of a group is spoken to (`group` is '' for one conversation). */
  phoneAnswered(trx: Transaction, place: { robot: number; conversation: number; group: string }): Promise<void>;
  /** Somebody has written under the robot's name, who may be anybody: this one conversation pauses. */
  nameAnswered(trx: Transaction, conversation: number): Promise<void>;
  /** Automatic answers on, or off until they are switched on again or it is closed. */
  switchAutomatic(
    trx: Transaction,
    place: { robot: number; conversation: number; group: string },
    on: boolean,
  ): Promise<void>;
  /** As `handOver`, of a conversation that is known; false when it was handed over before. */
  handOverKnown(trx: Transaction, conversation: number, reason: string): Promise<boolean>;
  /**
   * What was said by itself never arrived: a person is told, as of a handover. Automatic answers go on with what is said next, for a
   * phone that was away comes back; it is not told again until somebody has looked.
   */
  neverArrived(trx: Transaction, conversation: number): Promise<void>;
  /** Two machines talk to each other: automatic answers stop, which is told once. */
  stopLoop(trx: Transaction, conversation: number): Promise<void>;
  /** Pauses that end later than any that begins now: a clock that was ahead has noted them. They begin anew. */
  putPausesRight(): Promise<void>;
}

type Standing = Pick<ConversationRow, 'tenant_id' | 'paused_until' | 'looped_at'> &
  Pick<ContactRow, 'opted_out' | 'consent'>;

/** The end of the year 9999: until somebody says otherwise. */
const FOR_GOOD = 253_402_300_799_000;

export function createHandover({
  db,
  clock,
  events,
  log,
  usage,
  config,
}: Services & { config: RobotsConfig }): Handover {
  const pauseMs = config.handover.pauseMinutes * 60_000;

  return {
    async isAutomatic(conversationId) {
      const found = await db
        .read('robots_conversations as own')
        .join('robots_contacts as contact', 'contact.id', 'own.contact')
        .where('own.uuid', conversationId)
        .first('own.tenant_id', 'own.paused_until', 'own.looped_at', 'contact.opted_out', 'contact.consent');
      return found !== undefined && allows(found);
    },
    allows,
    async isAutomaticWithin(trx, conversation) {
      const own = await trx('robots_conversations').where({ id: conversation }).forUpdate().first();
      if (!own) return false;
      const contact = await trx('robots_contacts').where({ id: own.contact }).first('opted_out', 'consent');
      return contact !== undefined && isAnswered({ ...own, ...contact });
    },
    async handOver(trx, tenantId, conversationId, reason) {
      const found = await trx('robots_conversations').where({ uuid: conversationId, tenant_id: tenantId }).first('id');
      if (!found) throw robotErrors.CONVERSATION_NOT_FOUND();
      return handOverKnown(trx, found.id, reason);
    },
    handOverKnown,
    async personAnswered(trx, conversation) {
      await trx('robots_conversations').where({ id: conversation }).update(answered(trx, 'person'));
    },
    async phoneAnswered(trx, place) {
      await ofPlace(trx, place).update(answered(trx, 'phone'));
    },
    async nameAnswered(trx, conversation) {
      await trx('robots_conversations').where({ id: conversation }).update(answered(trx, 'name'));
    },
    async switchAutomatic(trx, place, on) {
      await ofPlace(trx, place).update(
        on
          ? { paused_until: null, paused_by: null, looped_at: null, handed_over_at: null, repeats: 0, heard: 0 }
          : { paused_until: FOR_GOOD, paused_by: 'switch' },
      );
    },
    async neverArrived(trx, conversation) {
      const change = { state: 'pending' as const, snoozed_until: null, updated_at: clock.now() };
      const changed = await trx('robots_conversations')
        .where({ id: conversation, handed_over_at: null })
        .whereIn('state', ['open', 'snoozed'])
        .update(change);
      if (changed > 0) await emitHandedOver(trx, conversation, 'undelivered');
    },
    async stopLoop(trx, conversation) {
      const now = clock.now();
      const marked = await trx('robots_conversations')
        .where({ id: conversation, looped_at: null })
        .update({ looped_at: now, paused_until: FOR_GOOD, paused_by: 'loop', updated_at: now });
      const known = marked > 0 ? await knownConversation(trx, conversation) : null;
      if (!known) return;
      await emitPlain(events, trx, 'conversation.looped', known);
      const about = { conversation: known.uuid, robot: known.robot_id };
      db.afterCommit(trx, () => log.warn(about, 'Automatic answers stopped: the other party seems to be a machine'));
    },
    async putPausesRight() {
      const latest = clock.now() + pauseMs;
      await db
        .write('robots_conversations')
        .where('paused_until', '>', latest + CLOCK_TOLERANCE_MS)
        .where('paused_until', '<', FOR_GOOD)
        .update({ paused_until: latest });
    },
  };

  async function allows(standing: Standing): Promise<boolean> {
    return isAnswered(standing) && (await usage.room(standing.tenant_id, ROBOT_COMMANDS)) !== 'none';
  }

  function isAnswered({ paused_until, looped_at, ...wishes }: Standing): boolean {
    return refusalOf(wishes) === null && looped_at === null && (paused_until ?? 0) <= clock.now();
  }

  async function handOverKnown(trx: Transaction, conversation: number, reason: string): Promise<boolean> {
    const now = clock.now();
    const changed = await trx('robots_conversations').where({ id: conversation, handed_over_at: null }).update({
      state: 'pending',
      handed_over_at: now,
      snoozed_until: null,
      updated_at: now,
      paused_until: FOR_GOOD,
      paused_by: 'handover',
    });
    return changed > 0 && emitHandedOver(trx, conversation, reason);
  }

  async function emitHandedOver(trx: Transaction, conversation: number, reason: string): Promise<boolean> {
    const known = await knownConversation(trx, conversation);
    if (!known) return false;
    const about = { tenantId: known.tenant_id, subject: known.uuid };
    await events.emit(trx, 'conversation.handed_over', { ...eventOf(known), reason }, about);
    return true;
  }

  /** What is switched off stays off; a handover that waited is over. */
  function answered(trx: Transaction, by: PausedBy) {
    const now = clock.now();
    const staysOff = `handed_over_at is null and paused_until >= ${FOR_GOOD}`;
    return {
      paused_until: trx.raw(`case when ${staysOff} then paused_until else cast(? as bigint) end`, [now + pauseMs]),
      paused_by: trx.raw(`case when ${staysOff} then paused_by else ? end`, [by]),
      state: trx.raw(`case when state in ('pending', 'snoozed') then 'open' else state end`),
      handed_over_at: null,
      snoozed_until: null,
      unread: 0,
      updated_at: now,
    };
  }
}

function ofPlace(
  trx: Transaction,
  { robot, conversation, group }: { robot: number; conversation: number; group: string },
) {
  const rows = trx('robots_conversations');
  return group === '' ? rows.where({ id: conversation }) : rows.where({ robot, group_name: group });
}
