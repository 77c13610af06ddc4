/** Broadcasts: drafts, and what people do with them. Table: robots_broadcasts. */
import { deleteInSteps } from '#core/kit.ts';
import type { Precondition, Principal, Services, TenantPrincipal, Transaction } from '#core/plugin.ts';
import { splitFor } from '../commands/channel-text.ts';
import { COMMANDS_STORED } from '../commands/open-commands.ts';
import { checkVariables } from '../conversations/variables.ts';
import { robotErrors } from '../errors.ts';
import type { Robots } from '../robots/robots.ts';
import { maySee } from '../robots/visibility.ts';
import { nextRecipients, storeRecipients } from './audience.ts';
import { type AudienceSize, sizeOfAudience } from './audience-size.ts';
import { type Audience, isEmptyAudience } from './audience-terms.ts';
import type { BroadcastPacing } from './pacing.ts';
import type { BroadcastProgress } from './progress.ts';
import { type BroadcastMove, broadcastStates, recipientStates } from './states.ts';
import type { BroadcastRow, BroadcastState } from './tables.ts';
import type { BroadcastWithdrawal } from './withdrawal.ts';

export interface BroadcastWish {
  name: string;
  content: string;
  /** `robot_…`, those that send it. */
  robots: readonly string[];
  audience: Audience;
  excluded: readonly string[];
  /** Of each robot; null: as it is configured. */
  perMinute: number | null;
}

export type BroadcastStep = 'start' | 'pause' | 'resume' | 'cancel' | 'retry';

export interface StepOptions {
  /** Of `retry`: also to those of whom nobody knows whether they have had it. */
  withUnknown?: boolean;
}

export interface Broadcasts {
  /** A draft. Throws `ROBOT_NOT_FOUND`, `UNKNOWN_VARIABLE`, `TEXT_TOO_LONG`, `AUDIENCE_EMPTY`. */
  create(principal: TenantPrincipal, wish: BroadcastWish): Promise<BroadcastRow>;
  /** The same in the caller's transaction, for a wish that `check` has passed. */
  createWithin(trx: Transaction, principal: TenantPrincipal, wish: BroadcastWish): Promise<BroadcastRow>;
  check(principal: Principal, wish: Partial<BroadcastWish>): Promise<void>;
  /** How many it would reach if it started now. Throws what `create` throws. */
  sizeOf(
    principal: TenantPrincipal,
    wish: Pick<BroadcastWish, 'robots' | 'audience' | 'excluded'>,
  ): Promise<AudienceSize>;
  /** Throws `BROADCAST_NOT_FOUND`, also for those of others. */
  find(principal: Principal, id: string): Promise<BroadcastRow>;
  /** Of a draft. Throws `BROADCAST_STATE` when it has started, and what `create` throws. */
  change(
    principal: Principal,
    id: string,
    patch: Partial<BroadcastWish>,
    unchanged: Precondition,
  ): Promise<BroadcastRow>;
  /** Throws `BROADCAST_STATE` when it is not the time for that, `ROBOT_NOT_FOUND` where it would send by robots that are not seen any more. */
  take(principal: Principal, id: string, step: BroadcastStep, options?: StepOptions): Promise<BroadcastRow>;
  startWithin(trx: Transaction, principal: Principal, row: BroadcastRow): Promise<BroadcastRow>;
  /** One that sends nothing any more, with its recipients. Throws `BROADCAST_STATE`. */
  remove(principal: Principal, id: string): Promise<void>;
  /** The job: some more of the audience is frozen, or of what was cancelled is skipped. */
  work(broadcast: number): Promise<void>;
  /** Everything of a tenant or of a person. */
  erase(whose: { tenant_id: string } | { user_id: number }): Promise<void>;
}

export const WORK_JOB = 'robots.workOnBroadcast';
const SKIPPED_AT_ONCE = 2_000;

/** After these it sends. */
const SENDING: readonly BroadcastStep[] = ['start', 'resume', 'retry'];

/** What people edit, for versions. */
export function termsOf({ name, content, robots, audience, excluded, per_minute, state }: BroadcastRow): object {
  return { name, content, robots, audience, excluded, per_minute, state };
}

export function createBroadcasts({
  db,
  clock,
  jobs,
  notices,
  robots,
  robotsConfig,
  broadcastProgress,
  broadcastPacing,
  broadcastWithdrawal,
}: Services & {
  robots: Robots;
  robotsConfig: { broadcasts: { perMinute: number } };
  broadcastProgress: BroadcastProgress;
  broadcastPacing: BroadcastPacing;
  broadcastWithdrawal: BroadcastWithdrawal;
}): Broadcasts {
  const pause = (trx: Transaction, row: BroadcastRow) => moved(trx, row, 'pause', { reason: '' });
  const steps = { start, pause, resume, cancel, retry };

  return {
    check,
    async create(principal, wish) {
      await check(principal, wish);
      return db.transaction((trx) => createWithin(trx, principal, wish));
    },
    createWithin,
    async sizeOf(principal, wish) {
      await check(principal, wish);
      return sizeOfAudience(db.read, principal.tenantId, wish, clock.now());
    },
    async find(principal, id) {
      return seen(principal, await db.read('robots_broadcasts').where({ uuid: id }).first());
    },
    async change(principal, id, patch, unchanged) {
      const known = seen(principal, await db.read('robots_broadcasts').where({ uuid: id }).first());
      await check(principal, { robots: JSON.parse(known.robots), content: known.content, ...patch });
      return db.transaction(async (trx) => {
        const row = await locked(trx, principal, id);
        unchanged(termsOf(row));
        if (!broadcastStates.may('start', row.state)) throw robotErrors.BROADCAST_STATE();
        return changed(trx, row, columnsOf(patch));
      });
    },
    async take(principal, id, step, options = {}) {
      return db.transaction(async (trx) => {
        const found = await locked(trx, principal, id);
        if (!mayTake(step, found.state)) throw robotErrors.BROADCAST_STATE();
        if (SENDING.includes(step)) await refuseUnseen(trx, principal, found);
        const row = SENDING.includes(step) ? await changed(trx, found, { sender: senderOf(principal) }) : found;
        const after = await steps[step](trx, row, options);
        await broadcastProgress.announce(trx, after);
        return after;
      });
    },
    startWithin: async (trx, principal, row) => start(trx, await changed(trx, row, { sender: senderOf(principal) })),
    async remove(principal, id) {
      const row = await db.transaction(async (trx) => {
        const found = await locked(trx, principal, id);
        if (broadcastStates.may('end', found.state)) throw robotErrors.BROADCAST_STATE();
        return found;
      });
      await eraseOne(row.id);
    },
    work,
    async erase(whose) {
      const rows = await db.write('robots_broadcasts').where(whose).select('id');
      for (const { id } of rows) await eraseOne(id);
    },
  };

  async function check(principal: Principal, wish: Partial<BroadcastWish>): Promise<void> {
    const content = wish.content ?? '';
    checkVariables(content);
    for (const id of wish.robots ?? []) {
      const { channel } = await robots.ofPrincipal(principal, id);
      // One message for each recipient has one outcome.
      if (splitFor(channel, content).length > 1) throw robotErrors.TEXT_TOO_LONG();
    }
    if (wish.audience !== undefined && isEmptyAudience(wish.audience)) throw robotErrors.AUDIENCE_EMPTY();
  }

  /** Who made it may have been an administrator then. */
  async function refuseUnseen(trx: Transaction, principal: Principal, row: BroadcastRow): Promise<void> {
    const senders = await trx('robots_robots')
      .whereIn('robot_id', JSON.parse(row.robots))
      .select('tenant_id', 'user_id');
    if (senders.some((robot) => !maySee(principal, robot))) throw robotErrors.ROBOT_NOT_FOUND();
  }

  async function createWithin(
    trx: Transaction,
    { tenantId, userId }: TenantPrincipal,
    wish: BroadcastWish,
  ): Promise<BroadcastRow> {
    const now = clock.now();
    const whose = { uuid: crypto.randomUUID(), tenant_id: tenantId, user_id: userId || null };
    const [row] = await trx('robots_broadcasts')
      .insert({ ...whose, ...columnsOf(wish), created_at: now, updated_at: now })
      .returning('*');
    if (!row) throw new Error('The broadcast was not stored');
    return row;
  }

  function columnsOf(wish: Partial<BroadcastWish>): Partial<BroadcastRow> {
    return {
      ...(wish.name !== undefined && { name: wish.name }),
      ...(wish.content !== undefined && { content: wish.content }),
      ...(wish.robots && { robots: JSON.stringify([...new Set(wish.robots)]) }),
      ...(wish.audience && { audience: JSON.stringify(wish.audience) }),
      ...(wish.excluded && { excluded: JSON.stringify(wish.excluded) }),
      ...(wish.perMinute !== undefined && { per_minute: wish.perMinute ?? robotsConfig.broadcasts.perMinute }),
    };
  }

  async function locked(trx: Transaction, principal: Principal, id: string): Promise<BroadcastRow> {
    return seen(principal, await trx('robots_broadcasts').where({ uuid: id }).forUpdate().first());
  }

  async function changed(trx: Transaction, { id }: BroadcastRow, after: Partial<BroadcastRow>): Promise<BroadcastRow> {
    const [row] = await trx('robots_broadcasts')
      .where({ id })
      .update({ ...after, updated_at: clock.now() })
      .returning('*');
    if (!row) throw robotErrors.BROADCAST_NOT_FOUND();
    return row;
  }

  /** The row is locked. Throws `BROADCAST_STATE` when it may not be moved so. */
  async function moved(
    trx: Transaction,
    { id, state }: BroadcastRow,
    move: BroadcastMove,
    change: Partial<BroadcastRow>,
  ): Promise<BroadcastRow> {
    if (!broadcastStates.may(move, state)) throw robotErrors.BROADCAST_STATE();
    const after = broadcastStates.change(move, { ...change, updated_at: clock.now() });
    const [row] = await trx('robots_broadcasts').where({ id }).update(after).returning('*');
    if (!row) throw robotErrors.BROADCAST_NOT_FOUND();
    return row;
  }

  async function start(trx: Transaction, row: BroadcastRow): Promise<BroadcastRow> {
    const newest = await trx('robots_contacts').where({ tenant_id: row.tenant_id }).max({ id: 'id' }).first();
    await jobs.enqueue(trx, WORK_JOB, { broadcast: row.id }, { lane: row.tenant_id });
    const contacts_until = Number(newest?.id ?? 0);
    return moved(trx, row, 'start', { contacts_until, started_at: clock.now() });
  }

  async function resume(trx: Transaction, row: BroadcastRow): Promise<BroadcastRow> {
    return goOn(trx, await moved(trx, row, 'resume', { reason: '', ended_at: null }));
  }

  async function goOn(trx: Transaction, row: BroadcastRow): Promise<BroadcastRow> {
    if (row.frozen_at === null) await jobs.enqueue(trx, WORK_JOB, { broadcast: row.id }, { lane: row.tenant_id });
    else await beginRobots(trx, row);
    await offerHeld(trx, row);
    return row;
  }

  async function cancel(trx: Transaction, row: BroadcastRow): Promise<BroadcastRow> {
    await jobs.enqueue(trx, WORK_JOB, { broadcast: row.id }, { lane: row.tenant_id });
    return moved(trx, row, 'cancel', { reason: '', ended_at: clock.now() });
  }

  /** Those that failed wait again, and they alone unless somebody says that others may get it twice. */
  async function retry(
    trx: Transaction,
    row: BroadcastRow,
    { withUnknown = false }: StepOptions,
  ): Promise<BroadcastRow> {
    const again = (state: 'failed' | 'unknown') =>
      recipientStates.move(trx('robots_broadcast_recipients').where({ broadcast: row.id, state }), 'again', {
        reason: '',
        command_id: null,
        changed_at: clock.now(),
      });
    const failed = await again('failed');
    const unknown = withUnknown ? await again('unknown') : 0;
    if (failed + unknown === 0) throw robotErrors.BROADCAST_STATE();
    const counts = { failed: row.failed - failed, unknown: row.unknown - unknown };
    if (broadcastStates.may('retryPaused', row.state)) return moved(trx, row, 'retryPaused', counts);
    return goOn(trx, await moved(trx, row, 'retry', { ...counts, reason: '', ended_at: null }));
  }

  /** What was stored before the pause is offered again. */
  async function offerHeld(trx: Transaction, { robots: text }: BroadcastRow): Promise<void> {
    const senders = await trx('robots_robots').whereIn('robot_id', JSON.parse(text)).pluck('id');
    if (senders.length > 0) await notices.send(trx, COMMANDS_STORED, senders);
  }

  async function beginRobots(trx: Transaction, { id }: BroadcastRow): Promise<void> {
    const waiting = await trx('robots_broadcast_recipients')
      .where({ broadcast: id, state: 'waiting' })
      .distinct('robot')
      .orderBy('robot');
    for (const { robot } of waiting) await broadcastPacing.begin(trx, robot);
  }

  async function work(broadcast: number): Promise<void> {
    await db.transaction(async (trx) => {
      const row = await trx('robots_broadcasts').where({ id: broadcast }).forUpdate().first();
      if (row?.state === 'running' && row.frozen_at === null) await freezeSome(trx, row);
      if (row?.state === 'cancelled') await skipSome(trx, row);
    });
  }

  async function freezeSome(trx: Transaction, row: BroadcastRow): Promise<void> {
    const ids: string[] = JSON.parse(row.robots);
    const senders = await trx('robots_robots')
      .whereIn('robot_id', ids)
      .where({ tenant_id: row.tenant_id })
      .orderBy('id');
    const now = clock.now();
    const nobody = { recipients: [], contacts_done: row.contacts_until, names_done: 0, isLast: true };
    const { recipients, isLast, ...done } = senders.length === 0 ? nobody : await nextRecipients(trx, row, senders);
    const added = await storeRecipients(trx, row.id, recipients, now);
    const after = await changed(trx, row, { ...done, ...(isLast && { frozen_at: now }) });
    await broadcastProgress.count(trx, row.id, added);
    if (isLast) await beginRobots(trx, after);
    else await jobs.enqueue(trx, WORK_JOB, { broadcast: row.id }, { lane: row.tenant_id });
  }

  async function skipSome(trx: Transaction, { id, tenant_id }: BroadcastRow): Promise<void> {
    const some = trx('robots_broadcast_recipients')
      .where({ broadcast: id, state: 'waiting' })
      .orderBy('id')
      .limit(SKIPPED_AT_ONCE)
      .select('id');
    const change = { reason: 'cancelled', changed_at: clock.now() };
    const skipped = await recipientStates.move(trx('robots_broadcast_recipients').whereIn('id', some), 'skip', change);
    await broadcastProgress.count(trx, id, { skipped });
    const takenBack = await broadcastWithdrawal.ofBroadcast(trx, id, SKIPPED_AT_ONCE);
    if (skipped === SKIPPED_AT_ONCE || takenBack === SKIPPED_AT_ONCE)
      await jobs.enqueue(trx, WORK_JOB, { broadcast: id }, { lane: tenant_id });
  }

  async function eraseOne(broadcast: number): Promise<void> {
    await deleteInSteps(db, 'robots_broadcast_recipients', 'id', (rows) => rows.where({ broadcast }));
    await db.write('robots_broadcasts').where({ id: broadcast }).delete();
  }
}

function seen(principal: Principal, row: BroadcastRow | undefined): BroadcastRow {
  if (!row || !maySee(principal, row)) throw robotErrors.BROADCAST_NOT_FOUND();
  return row;
}

/** What is retried while it is paused stays so. */
function mayTake(step: BroadcastStep, state: BroadcastState): boolean {
  return broadcastStates.may(step, state) || (step === 'retry' && broadcastStates.may('retryPaused', state));
}

/** Nobody's account: the root token, and what the platform starts by itself. */
function senderOf({ userId }: Principal): number {
  return userId ?? 0;
}
