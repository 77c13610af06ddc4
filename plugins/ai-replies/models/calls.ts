/**
 * Every call of a model: kept before it is made, with what it may cost, so that one which the process did not outlive is kept
 * too; afterwards with what it has cost. Tables: ai_replies_calls, ai_replies_spend.
 */
import type { Knex } from 'knex';
import {
  deleteInSteps,
  epochDay,
  inSteps,
  type PlainCell,
  placeholders,
  rowsOf,
  rowsToInsert,
  sanitizeText,
  valuesTable,
} from '#core/kit.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { CallOutcome, CallRow, SpendKind, SpendRow } from './tables.ts';
import type { Asker } from './types.ts';

export interface OpenCall {
  uuid: string;
  asker: Asker;
  provider: string;
  model: string;
  /** What it may cost. */
  micros: number;
  at: number;
}

export interface CallEnd {
  outcome: Exclude<CallOutcome, 'open'>;
  error: string;
  inputTokens: number;
  outputTokens: number;
  micros: number;
  durationMs: number;
}

/** What came of a call that is over. */
export interface LastCall {
  ok: boolean;
  /** What went wrong. */
  error: string;
  at: number;
}

export interface Calls {
  begin(call: OpenCall): Promise<void>;
  /** Counts it as spent. */
  end(call: OpenCall, end: CallEnd): Promise<void>;
  /** The last call of this provider since then that has answered or failed; null without one. */
  last(tenantId: string, provider: string, since: number): Promise<LastCall | null>;
  /** Calls that nobody has ended for so long are lost: what they may have cost counts. Gives how many there were. */
  closeLost(olderThan: number): Promise<number>;
  /** Erases calls, and the sums of contacts, that are older; gives how many calls there were. */
  prune(olderThan: number): Promise<number>;
}

const COLUMNS = [
  'uuid',
  'tenant_id',
  'purpose',
  'provider',
  'model',
  'robot_id',
  'contact_id',
  'conversation_id',
  'workflow_id',
  'outcome',
  'micros',
  'created_at',
] as const;
const LONGEST_ERROR = 2_000;
const SEARCHING: ReadonlySet<Asker['purpose']> = new Set(['embed', 'rerank']);

export function createCalls({ db }: Services): Calls {
  const beginning = defineBatch<OpenCall, void>({
    name: 'ai-replies.calls',
    write: store,
    // Most begin while nothing else is written: then it is one trip, and no transaction around it.
    statement: (calls) => insertOf(db.write, calls),
  });
  const ending = defineBatch<{ call: OpenCall; end: CallEnd }, void>({ name: 'ai-replies.ends', write: close });

  return {
    begin: (call) => db.batch(beginning, call),
    end: (call, end) => db.batch(ending, { call, end }),
    async last(tenant_id, provider, since) {
      const row = await db
        .read('ai_replies_calls')
        .where({ tenant_id, provider })
        .whereIn('outcome', ['answered', 'failed'])
        .orderBy('id', 'desc')
        .first('outcome', 'error', 'created_at');
      // Not as a condition: without a newer one all older ones would be read.
      return row && row.created_at >= since
        ? { ok: row.outcome === 'answered', error: row.error, at: row.created_at }
        : null;
    },
    async closeLost(olderThan) {
      return inSteps((limit) => db.transaction((trx) => closeSome(trx, olderThan, limit)));
    },
    async prune(olderThan) {
      await db.write('ai_replies_spend').where({ kind: 'contact' }).where('day', '<', epochDay(olderThan)).delete();
      return deleteInSteps(db, 'ai_replies_calls', 'id', (rows) => rows.where('created_at', '<', olderThan));
    },
  };

  async function closeSome(trx: Transaction, olderThan: number, limit: number): Promise<number> {
    const rows = await trx('ai_replies_calls')
      .where({ outcome: 'open' })
      .where('created_at', '<', olderThan)
      .orderBy('created_at')
      .limit(limit)
      .forUpdate();
    const error = 'The process ended before the answer came';
    await close(
      trx,
      rows.map((row) => ({
        call: callOf(row),
        end: { outcome: 'lost', error, inputTokens: 0, outputTokens: 0, micros: row.micros, durationMs: 0 },
      })),
    );
    return rows.length;
  }

  async function store(trx: Transaction, calls: OpenCall[]): Promise<undefined[]> {
    const { sql, bindings } = insertOf(trx, calls);
    await trx.raw(sql, bindings);
    return calls.map(() => undefined);
  }

  /** What a sweep has closed as lost meanwhile is counted already, and stays as it is. */
  async function close(trx: Transaction, ends: { call: OpenCall; end: CallEnd }[]): Promise<undefined[]> {
    const open = await closeRows(trx, ends);
    await addSpend(
      trx,
      ends.flatMap(({ call, end }) => {
        const contactId = open.get(call.uuid);
        // Of who was erased while it was made nothing is summed up.
        return contactId === undefined ? [] : spendOf({ ...call, asker: { ...call.asker, contactId } }, end);
      }),
    );
    return ends.map(() => undefined);
  }

  function spendOf({ asker, provider, at }: OpenCall, end: CallEnd): SpendRow[] {
    const subjects: Partial<Record<SpendKind, string | null | undefined>> = {
      tenant: '',
      provider,
      purpose: asker.purpose,
      robot: asker.robotId,
      contact: asker.contactId,
      workflow: asker.workflowId,
    };
    const failed = end.outcome === 'answered' ? 0 : 1;
    return (Object.keys(subjects) as SpendKind[]).flatMap((kind) => {
      const subject = subjects[kind];
      if (subject === null || subject === undefined) return [];
      // A robot's limit of calls a day is one of answers: looking for what they come from costs, and counts as none.
      const isCounted = kind !== 'robot' || !SEARCHING.has(asker.purpose);
      const [calls, failures] = isCounted ? [1, failed] : [0, 0];
      return [
        {
          tenant_id: asker.tenantId,
          kind,
          subject,
          day: epochDay(at),
          calls,
          failures,
          input_tokens: end.inputTokens,
          output_tokens: end.outputTokens,
          micros: end.micros,
        },
      ];
    });
  }

  function callOf(row: CallRow): OpenCall {
    return {
      uuid: row.uuid,
      provider: row.provider,
      model: row.model,
      micros: row.micros,
      at: row.created_at,
      asker: {
        tenantId: row.tenant_id,
        purpose: row.purpose,
        robotId: row.robot_id,
        contactId: row.contact_id,
        conversationId: row.conversation_id,
        workflowId: row.workflow_id,
      },
    };
  }
}

function insertOf(on: Knex, calls: readonly OpenCall[]): { sql: string; bindings: PlainCell[] } {
  const rows = calls.map(({ uuid, asker, provider, model, micros, at }) => [
    uuid,
    asker.tenantId,
    asker.purpose,
    provider,
    model,
    asker.robotId ?? null,
    asker.contactId ?? null,
    asker.conversationId ?? null,
    asker.workflowId ?? null,
    'open',
    micros,
    at,
  ]);
  const given = rowsToInsert(on, COLUMNS.length, rows);
  return { sql: `insert into ai_replies_calls (${COLUMNS.join(', ')}) ${given.sql}`, bindings: given.bindings };
}

/** In one statement and in one order; gives those that were open, by their ids, with the contact that they have now. */
async function closeRows(
  trx: Transaction,
  ends: readonly { call: OpenCall; end: CallEnd }[],
): Promise<Map<string, string | null>> {
  if (ends.length === 0) return new Map();
  const inOrder = ends.toSorted((one, other) => (one.call.uuid < other.call.uuid ? -1 : 1));
  if (trx.client.config.client === 'pg') {
    const uuids = inOrder.map(({ call }) => call.uuid);
    await trx('ai_replies_calls').whereIn('uuid', uuids).orderBy('uuid').forUpdate().select('uuid');
  }
  const given = valuesTable(
    trx,
    7,
    inOrder.map(({ call, end }) => [
      call.uuid,
      end.outcome,
      sanitizeText(end.error, LONGEST_ERROR),
      end.inputTokens,
      end.outputTokens,
      end.micros,
      end.durationMs,
    ]),
  );
  const closed = rowsOf<Pick<CallRow, 'uuid' | 'contact_id'>>(
    await trx.raw(
      `update ai_replies_calls set outcome = given.column2, error = given.column3,
              input_tokens = cast(given.column4 as bigint), output_tokens = cast(given.column5 as bigint),
              micros = cast(given.column6 as bigint), duration_ms = cast(given.column7 as bigint)
         from ${given.sql} as given
        where ai_replies_calls.uuid = given.column1 and ai_replies_calls.outcome = 'open'
       returning uuid, contact_id`,
      given.bindings,
    ),
  );
  return new Map(closed.map(({ uuid, contact_id }) => [uuid, contact_id]));
}

const FIGURES = ['calls', 'failures', 'input_tokens', 'output_tokens', 'micros'] as const;

/** In one statement and in one order, so that two replicas do not wait for each other in a ring. */
async function addSpend(trx: Transaction, spend: readonly SpendRow[]): Promise<void> {
  const sums = new Map<string, SpendRow>();
  for (const row of spend) {
    const key = `${row.tenant_id}\n${row.kind}\n${row.subject}\n${row.day}`;
    const known = sums.get(key);
    if (!known) sums.set(key, { ...row });
    else for (const figure of FIGURES) known[figure] += row[figure];
  }
  if (sums.size === 0) return;
  const rows = [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
  await trx.raw(
    `insert into ai_replies_spend (tenant_id, kind, subject, day, ${FIGURES.join(', ')})
     values ${placeholders(rows.length, 4 + FIGURES.length)}
     on conflict (tenant_id, kind, subject, day) do update set
       ${FIGURES.map((figure) => `${figure} = ai_replies_spend.${figure} + excluded.${figure}`).join(', ')}`,
    rows.flatMap((row) => [
      row.tenant_id,
      row.kind,
      row.subject,
      row.day,
      ...FIGURES.map((figure) => row[figure]),
    ]) as Knex.RawBinding[],
  );
}
