/** What models have cost, and each of their calls. */
import Type from 'typebox';
import { epochDay, isoSeconds } from '#core/kit.ts';
import { coreErrors, listRoute, route } from '#core/plugin.ts';
import { AI_READ } from '../../access.ts';
import { moneyOf } from '../../money.ts';
import { seenModelCalls, seenMoney } from '../../visibility.ts';
import { startOfDay } from '../days.ts';
import type { ModelsScope } from '../services.ts';
import type { CallRow, SpendKind } from '../tables.ts';

const GROUPS = ['day', 'provider', 'purpose', 'robot', 'contact', 'workflow'] as const;
const OUTCOMES = ['open', 'answered', 'failed', 'cancelled', 'lost'] as const;
const PURPOSES = ['reply', 'mail', 'generate', 'classify', 'extract', 'embed', 'rerank', 'try', 'test'] as const;
const MOST_DAYS = 366;
const MOST_SUBJECTS = 500;

const Maybe = Type.Union([Type.String(), Type.Null()]);

export const costRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/ai/costs',
    operationId: 'getAiCosts',
    access: AI_READ,
    summary: 'What was spent, by day or by who has asked',
    query: Type.Object({
      by: Type.Enum([...GROUPS], { default: 'day' }),
      from: Type.Optional(Type.String({ format: 'date', description: 'Day, UTC; default: 30 days ago' })),
      to: Type.Optional(Type.String({ format: 'date', description: 'Last day, included; default: today' })),
    }),
    responses: {
      200: Type.Object({
        currency: Type.String(),
        total: Type.Number(),
        items: Type.Array(
          Type.Object({
            subject: Type.String({ description: 'The day, or id or name' }),
            calls: Type.Integer(),
            failures: Type.Integer(),
            input_tokens: Type.Integer(),
            output_tokens: Type.Integer(),
            cost: Type.Number(),
          }),
        ),
      }),
    },
    async handler({ query, principal }, { db, clock, aiConfig, conversations }: ModelsScope) {
      const to = query.to === undefined ? epochDay(clock.now()) : epochDay(Date.parse(query.to));
      const from = query.from === undefined ? to - 29 : epochDay(Date.parse(query.from));
      if (from > to || to - from > MOST_DAYS)
        throw coreErrors.bad_request({ message: `\`from\` is at most ${MOST_DAYS} days before \`to\`` });
      const kind: SpendKind = query.by === 'day' ? 'tenant' : query.by;
      const column = query.by === 'day' ? 'day' : 'subject';
      const rows: Record<string, string | number>[] = await seenMoney(
        db.read,
        'ai_replies_spend',
        principal,
        conversations,
      )
        .where({ kind })
        .whereBetween('day', [from, to])
        .groupBy(column)
        .orderBy(query.by === 'day' ? [{ column: 'day' }] : [{ column: 'micros', order: 'desc' }])
        .limit(MOST_SUBJECTS)
        .select(
          column,
          ...['calls', 'failures', 'input_tokens', 'output_tokens', 'micros'].map((name) =>
            db.read.raw('sum(??) as ??', [name, name]),
          ),
        );
      const items = rows.map((row) => ({
        subject:
          query.by === 'day' ? new Date(startOfDay(Number(row.day))).toISOString().slice(0, 10) : String(row.subject),
        calls: Number(row.calls),
        failures: Number(row.failures),
        cost: moneyOf(Number(row.micros)),
        input_tokens: Number(row.input_tokens),
        output_tokens: Number(row.output_tokens),
      }));
      const total = moneyOf(rows.reduce((sum, { micros }) => sum + Number(micros), 0));
      return { currency: aiConfig.currency, total, items };
    },
  }),
  listRoute({
    path: '/api/platform/ai/calls',
    access: AI_READ,
    summary: 'Calls of models, newest first',
    item: Type.Object({
      id: Type.String(),
      purpose: Type.Enum([...PURPOSES]),
      provider: Type.String(),
      model: Type.String(),
      robot_id: Maybe,
      contact_id: Maybe,
      conversation_id: Maybe,
      workflow_id: Maybe,
      outcome: Type.Enum([...OUTCOMES]),
      error: Type.String(),
      input_tokens: Type.Integer(),
      output_tokens: Type.Integer(),
      cost: Type.Number(),
      duration_ms: Type.Integer(),
      created_at: Type.String(),
    }),
    columns: {
      purpose: { type: 'text', filter: 'equals', values: PURPOSES },
      outcome: { type: 'text', filter: 'equals', values: OUTCOMES },
      provider: { type: 'text', filter: 'equals' },
      robot_id: { type: 'text', filter: 'equals' },
      created_at: { type: 'time', filter: 'range' },
    },
    rows: ({ principal }, { db, conversations }: ModelsScope) => seenModelCalls(db.read, principal, conversations),
    items: (rows: CallRow[]) =>
      rows.map(({ uuid, micros, created_at, tenant_id: _tenant, id: _id, ...row }) => ({
        ...row,
        id: uuid,
        cost: moneyOf(micros),
        created_at: isoSeconds(created_at),
      })),
  }),
];
