/**
 * Visibility: what somebody may see of AI replies, what is of robots that they may see, and what is of none. Owners and administrators see all
 * of their tenant. Whatever is listed, counted, decided or told live of a robot or a contact goes through here.
 */
import type { Knex } from 'knex';
import type { CloudEvent, Principal, Services } from '#core/plugin.ts';
import type { Conversations, RobotsServices } from '#plugins/robots/contract.ts';
import type { LimitReached } from './contract.ts';

type Sight = Pick<Conversations, 'seenRobots' | 'seenContacts'>;

/** Answers, and why there were none: on the database that is read, or in a transaction. */
export function seenReplies(on: Knex, principal: Principal, conversations: Sight) {
  const rows = on('ai_replies_replies').where(ofTenant(principal));
  const robots = conversations.seenRobots(principal);
  return robots ? rows.whereIn('robot_id', robots) : rows;
}

/** Calls of tools. Those of no robot are drafts of mail, which are of who has asked for them. */
export function seenToolCalls(on: Knex, principal: Principal, conversations: Sight) {
  const rows = on('ai_replies_tool_calls').where(ofTenant(principal));
  const robots = conversations.seenRobots(principal);
  if (!robots) return rows;
  const own = { robot_id: '', user_id: principal.userId ?? -1 };
  return rows.where((either) => either.whereIn('robot_id', robots).orWhere(own));
}

/** Calls of models. Those of no robot name nobody. */
export function seenModelCalls(on: Knex, principal: Principal, conversations: Sight) {
  const rows = on('ai_replies_calls').where(ofTenant(principal));
  const robots = conversations.seenRobots(principal);
  return robots ? rows.where((either) => either.whereNull('robot_id').orWhereIn('robot_id', robots)) : rows;
}

/** What was spent, or may be: of each robot and contact that may be seen, and of everything that is neither. */
export function seenMoney(
  on: Knex,
  table: 'ai_replies_spend' | 'ai_replies_budgets',
  principal: Principal,
  conversations: Sight,
): Knex.QueryBuilder {
  const rows: Knex.QueryBuilder = on(table).where(ofTenant(principal));
  const robots = conversations.seenRobots(principal);
  const contacts = conversations.seenContacts(principal);
  if (!robots || !contacts) return rows;
  return rows.where((either) =>
    either
      .whereNotIn('kind', ['robot', 'contact'])
      .orWhere({ subject: '*' })
      .orWhere((some) => some.where({ kind: 'robot' }).whereIn('subject', robots))
      .orWhere((some) => some.where({ kind: 'contact' }).whereIn('subject', contacts)),
  );
}

export const READERS = { scope: 'ai:read', tenant: true };

/** Who is told live of what becomes of an answer. */
export const ROBOT_READERS = {
  ...READERS,
  isFor: (
    { data }: CloudEvent<{ robot_id: string }>,
    principal: Principal,
    { conversations }: Services & RobotsServices,
  ) => conversations.maySee(principal, data.robot_id),
};

/** Who is told live that a limit is near: who may see whose it is. */
export const LIMIT_READERS = {
  ...READERS,
  async isFor(
    { data: { kind, subject } }: CloudEvent<LimitReached>,
    principal: Principal,
    { conversations }: Services & RobotsServices,
  ): Promise<boolean> {
    if (kind === 'tenant' || kind === 'workflow') return true;
    if (kind !== 'contact') return conversations.maySee(principal, subject);
    const contacts = conversations.seenContacts(principal);
    return !contacts || (await contacts.where({ uuid: subject }).first()) !== undefined;
  },
};

function ofTenant({ tenantId }: Principal): { tenant_id: string } {
  return { tenant_id: tenantId ?? '' };
}
