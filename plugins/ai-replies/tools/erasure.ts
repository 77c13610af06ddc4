/** Erasure: what goes of tools with a tenant, a person, a robot or a contact. */
import type { EventHandler } from '#core/plugin.ts';

const TABLES = ['ai_replies_mcp_servers', 'ai_replies_tool_grants', 'ai_replies_tool_calls'] as const;

const ofTenant: EventHandler<'tenant.deleted'> = async ({ data }, { db }) => {
  await db.transaction(async (trx) => {
    for (const table of TABLES) await trx(table).where({ tenant_id: data.tenant_id }).delete();
  });
};

/** With their rights nothing is called any more. What was done stays, by nobody. */
const ofUser: EventHandler<'user.deleted'> = async ({ data }, { db }) => {
  await db.transaction(async (trx) => {
    await trx('ai_replies_tool_grants').where({ user_id: data.id }).delete();
    await trx('ai_replies_tool_calls').where({ user_id: data.id }).update({ user_id: 0 });
  });
};

const ofRobot: EventHandler<'robot.erased'> = async ({ data }, { db }) => {
  await db.transaction(async (trx) => {
    for (const table of ['ai_replies_tool_grants', 'ai_replies_tool_calls'] as const)
      await trx(table).where({ robot_id: data.robot_id }).delete();
  });
};

const ofContact: EventHandler<'contact.erased'> = async ({ data }, { db }) => {
  await db.write('ai_replies_tool_calls').where({ contact_id: data.contact_id }).delete();
};

export const toolErasures = { ofTenant, ofUser, ofRobot, ofContact };
