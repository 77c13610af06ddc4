/**
 * What people change of a conversation: its state, who looks after it, its labels. One transaction with the row locked, so
 * that of two who change it the second sees what the first has done. Table: robots_conversations.
 */

import { coreErrors, type Precondition, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { textCommand } from '../commands/text-command.ts';
import type { RobotsConfig } from '../config.ts';
import type { RobotCommands } from '../contract.ts';
import { robotErrors } from '../errors.ts';
import { maySee } from '../robots/visibility.ts';
import { emitAssigned, emitPlain, knownConversation } from './conversation-events.ts';
import { type ConversationView, conversationViews, labelsOf, termsOf } from './conversation-view.ts';
import { refusalOf } from './identity/consent.ts';
import { setLabels } from './labels.ts';
import type { InboxRules, InboxRulesByTenant } from './rules.ts';
import type { ConversationRow, ConversationState } from './tables.ts';
import { visibleConversation } from './visibility.ts';

export interface ConversationWish {
  state?: ConversationState;
  /** Ms since the epoch; needed for `snoozed`. */
  snoozedUntil?: number;
  /** Id of a person of the tenant; null for nobody. */
  assignee?: string | null;
  /** Id of a team of the tenant; null for none. */
  team?: string | null;
  /** All that it is to have. */
  labels?: readonly string[];
}

export interface Changed {
  row: ConversationRow;
  labels: readonly string[];
}

export interface ConversationChanges {
  find(principal: Principal, uuid: string): Promise<Changed>;
  view(changed: Changed): Promise<ConversationView>;
  /** Throws `CONVERSATION_NOT_FOUND`, `TEAM_NOT_FOUND`, `USER_NOT_FOUND`, `ASSIGNEE_CANNOT_SEE`, `bad_request`, and what `unchanged` does. */
  change(principal: Principal, uuid: string, wish: ConversationWish, unchanged: Precondition): Promise<Changed>;
  markRead(principal: Principal, uuid: string): Promise<void>;
  /** Those whose snooze has ended are open again; gives how many. Bounded: to be called again while it gives some. */
  wake(): Promise<number>;
}

const WOKEN_AT_ONCE = 500;

interface Person {
  id: number;
  uuid: string;
}

export function createConversationChanges({
  accounts,
  db,
  clock,
  events,
  people,
  config,
  robotCommands,
  inboxRules,
}: Services &
  AuthServices & {
    config: RobotsConfig;
    robotCommands: RobotCommands;
    inboxRules: InboxRulesByTenant;
  }): ConversationChanges {
  return {
    async find(principal, uuid) {
      const row = await visibleConversation(db, principal, uuid);
      return { row, labels: (await labelsOf(db.read, [row])).get(row.id) ?? [] };
    },
    async view({ row }) {
      const [view] = await conversationViews([row], { on: db.read, people, now: clock.now() });
      if (!view) throw robotErrors.CONVERSATION_NOT_FOUND();
      return view;
    },
    async change(principal, uuid, wish, unchanged) {
      const known = await visibleConversation(db, principal, uuid);
      const rules = await inboxRules.of(known.tenant_id);
      const assignee = wish.assignee === undefined ? undefined : await personOf(known, wish.assignee);
      const before = known.assignee === null ? null : await people.userById(known.assignee);
      const persons = [assignee, before].filter((person) => person != null);
      return db.transaction(async (trx) => {
        const row = await visibleConversation(db, principal, uuid, trx);
        const labels = (await labelsOf(trx, [row])).get(row.id) ?? [];
        unchanged(termsOf(row, labels));
        const patch: Partial<ConversationRow> = { ...stateOf(row, wish), updated_at: clock.now() };
        if (assignee !== undefined) patch.assignee = assignee?.id ?? null;
        if (wish.team !== undefined) patch.team = await teamOf(trx, row.tenant_id, wish.team);
        await trx('robots_conversations').where({ id: row.id }).update(patch);
        const after = { ...row, ...patch };
        const names = wish.labels === undefined ? labels : await setLabels(trx, row, wish.labels);
        await announce(trx, row, after, persons);
        if (row.state !== 'closed' && after.state === 'closed') await askForRating(trx, row, rules);
        return { row: after, labels: names };
      });
    },
    async markRead(principal, uuid) {
      const { id } = await visibleConversation(db, principal, uuid);
      await db.write('robots_conversations').where({ id }).where('unread', '>', 0).update({ unread: 0 });
    },
    wake: () => db.transaction(wake),
  };

  function stateOf(row: ConversationRow, { state, snoozedUntil }: ConversationWish): Partial<ConversationRow> {
    if (state === 'snoozed') {
      if (snoozedUntil === undefined || snoozedUntil <= clock.now())
        throw coreErrors.bad_request({ message: 'To snooze needs a time in the future: `snoozed_until`' });
      return { state, snoozed_until: snoozedUntil };
    }
    if (snoozedUntil !== undefined)
      throw coreErrors.bad_request({ message: '`snoozed_until` goes with the state `snoozed`' });
    if (state === undefined || state === row.state) return {};
    const reopened = row.state === 'closed' ? { opening: crypto.randomUUID() } : {};
    if (state !== 'closed') return { state, snoozed_until: null, ...reopened };
    return {
      state,
      snoozed_until: null,
      unread: 0,
      waiting_since: null,
      paused_until: null,
      paused_by: null,
      handed_over_at: null,
      looped_at: null,
      repeats: 0,
      heard: 0,
    };
  }

  /** Who could not see it would never know that it waits for them. */
  async function personOf({ tenant_id, robot }: ConversationRow, uuid: string | null): Promise<Person | null> {
    if (uuid === null) return null;
    const user = await people.userByUuid(uuid);
    const tenant = user && (await people.tenantById(user.tenant_id));
    if (!user || tenant?.uuid !== tenant_id || user.status !== 'active') throw robotErrors.USER_NOT_FOUND();
    const owned = await db.read('robots_robots').where({ id: robot }).first('tenant_id', 'user_id');
    const principal = await accounts.principalOf(user.id);
    if (owned && !(principal && maySee(principal, owned))) throw robotErrors.ASSIGNEE_CANNOT_SEE();
    return user;
  }

  async function teamOf(trx: Transaction, tenantId: string, uuid: string | null): Promise<number | null> {
    if (uuid === null) return null;
    const team = await trx('robots_teams').where({ uuid, tenant_id: tenantId }).forUpdate().first('id');
    if (!team) throw robotErrors.TEAM_NOT_FOUND();
    return team.id;
  }

  async function announce(
    trx: Transaction,
    before: ConversationRow,
    after: ConversationRow,
    persons: readonly Person[],
  ): Promise<void> {
    const known = await knownConversation(trx, after.id);
    if (!known) return;
    if (before.state !== 'closed' && after.state === 'closed')
      await emitPlain(events, trx, 'conversation.closed', known);
    if (before.state === 'closed' && after.state !== 'closed')
      await emitPlain(events, trx, 'conversation.opened', known);
    if (before.assignee === after.assignee && before.team === after.team) return;
    const assignee = persons.find(({ id }) => id === after.assignee)?.uuid ?? null;
    await emitAssigned(events, trx, known, { assignee, team: after.team });
  }

  /** Sent once for each closing; who has refused to be written to, and whose robot is gone, is not asked. */
  async function askForRating(trx: Transaction, row: ConversationRow, rules: InboxRules): Promise<void> {
    if (!rules.rating) return;
    const contact = await trx('robots_contacts').where({ id: row.contact }).first('opted_out', 'consent');
    const robot = await trx('robots_robots').where({ id: row.robot }).first('robot_id', 'tenant_id', 'status');
    if (!contact || refusalOf(contact) !== null || robot?.status !== 'active') return;
    await trx('robots_conversations').where({ id: row.id }).update({ rating_asked_at: clock.now() });
    const expiresAt = clock.now() + config.commands.automaticMinutes * 60_000;
    const question = textCommand(robot, row, rules.rating.question, 'workflow');
    await robotCommands.sendWithin(trx, [{ ...question, expiresAt }]);
  }

  async function wake(trx: Transaction): Promise<number> {
    const query = trx('robots_conversations')
      .where({ state: 'snoozed' })
      .where('snoozed_until', '<=', clock.now())
      .orderBy('snoozed_until')
      .limit(WOKEN_AT_ONCE);
    const rows: Pick<ConversationRow, 'id'>[] = await (db.client === 'pg'
      ? query.forUpdate().skipLocked()
      : query
    ).select('id');
    const ids = rows.map(({ id }) => id);
    await trx('robots_conversations')
      .whereIn('id', ids)
      .update({ state: 'open', snoozed_until: null, updated_at: clock.now() });
    for (const id of ids) {
      const known = await knownConversation(trx, id);
      if (known) await emitPlain(events, trx, 'conversation.opened', known);
    }
    return ids.length;
  }
}
