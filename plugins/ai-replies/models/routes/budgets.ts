/** Budgets in money: of the tenant, and of robots, contacts and workflows, of one or of each. */
import Type, { type Static } from 'typebox';
import { coreErrors, IF_MATCH, preconditionOf, reply, resource, route, versioned, versionOf } from '#core/plugin.ts';
import { AI_ADMINISTER, AI_READ } from '../../access.ts';
import { aiErrors } from '../../errors.ts';
import { microsOf, moneyOf } from '../../money.ts';
import { seenMoney } from '../../visibility.ts';
import { periodStart } from '../days.ts';
import type { ModelsScope } from '../services.ts';
import { BUDGET_KINDS, BUDGET_PERIODS, type BudgetRow } from '../tables.ts';

const PATH = '/api/platform/ai/budgets';
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });
const Kind = Type.Enum([...BUDGET_KINDS]);
const Period = Type.Enum([...BUDGET_PERIODS]);
/** They are in memory while a tenant asks; `*` is one for each without naming any. */
const MOST_BUDGETS = 1_000;
const Amount = Type.Number({
  minimum: 0.000001,
  maximum: 1_000_000_000,
  description: 'In the currency of the plugin',
});

const BudgetView = Type.Object({
  id: Type.String(),
  kind: Kind,
  subject: Type.String({ description: 'Id; `*` is each one without its own budget; empty for the tenant' }),
  period: Period,
  amount: Type.Number(),
  used: Type.Union([Type.Number(), Type.Null()], { description: 'In this period; null where it is of each one' }),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});
type BudgetView = Static<typeof BudgetView>;

/** Its routes are written out: what they show is counted. */
const budgetRows = resource({
  path: PATH,
  table: 'ai_replies_budgets',
  read: AI_READ,
  write: AI_ADMINISTER,
  fields: {
    kind: { schema: Kind, isFixed: true },
    subject: { schema: Type.String(), isFixed: true },
    period: { schema: Period, isFixed: true },
    micros: { schema: Type.Integer() },
  },
  most: { rows: MOST_BUDGETS, error: aiErrors.too_many_budgets },
  summaries: {},
  errors: { notFound: aiErrors.budget_not_found, exists: aiErrors.budget_exists },
  async after({ id }, { verb, trx }, { budgets }: ModelsScope) {
    // What was told is told again when it is reached again.
    if (verb === 'change') await trx('ai_replies_budgets_told').where({ budget: id }).delete();
    await budgets.changed(trx);
  },
});

export const budgetRoutes = [
  route({
    method: 'GET',
    path: PATH,
    operationId: 'listAiBudgets',
    access: AI_READ,
    summary: 'Budgets, with what is used of them',
    responses: { 200: Type.Object({ items: Type.Array(BudgetView), currency: Type.String() }) },
    async handler({ principal }, services: ModelsScope) {
      const { db, conversations } = services;
      const seen = seenMoney(db.read, 'ai_replies_budgets', principal, conversations);
      const rows: BudgetRow[] = await seen.orderBy(['kind', 'subject', 'period']);
      const items = await Promise.all(rows.map((row) => viewOf(row, services)));
      return { items, currency: services.aiConfig.currency };
    },
  }),
  route({
    method: 'POST',
    path: PATH,
    operationId: 'addAiBudget',
    access: AI_ADMINISTER,
    summary: 'A new budget: told of at 50, 80 and 100 %, and nothing is asked beyond it',
    body: Type.Object({
      kind: Kind,
      subject: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Not for `tenant`' })),
      period: Period,
      amount: Amount,
    }),
    responses: { 201: BudgetView },
    async handler({ body: { kind, subject = '', period, amount }, principal }, services: ModelsScope) {
      if ((kind === 'tenant') !== (subject === ''))
        throw coreErrors.bad_request({ message: 'A budget names whose it is, but for that of the tenant' });
      const wish = { kind, subject, period, micros: microsOf(amount) };
      const row = await budgetRows.create({ wish, principal }, services);
      return versioned(row, await viewOf(row, services), 201);
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}`,
    operationId: 'changeAiBudget',
    access: AI_ADMINISTER,
    summary: 'Changes the amount of a budget',
    params: Id,
    body: Type.Object({ amount: Amount }),
    requestHeaders: IF_MATCH,
    responses: { 200: BudgetView },
    async handler({ params, body, principal, ctx }, services: ModelsScope) {
      const wish = { micros: microsOf(body.amount) };
      const row = await budgetRows.change({ ...params, wish, unchanged: preconditionOf(ctx), principal }, services);
      return versioned(row, await viewOf(row, services));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    operationId: 'removeAiBudget',
    access: AI_ADMINISTER,
    summary: 'Removes a budget',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal }, services: ModelsScope) {
      await budgetRows.remove({ ...params, principal }, services);
      return reply(204);
    },
  }),
];

async function viewOf(row: BudgetRow, { budgets, clock }: ModelsScope): Promise<BudgetView> {
  const { uuid, kind, subject, period, micros } = row;
  const isEach = subject === '*';
  const used = isEach ? null : moneyOf(await budgets.used(row, subject, periodStart(period, clock.now())));
  return { id: uuid, kind, subject, period, amount: moneyOf(micros), used, version: versionOf(row) };
}
