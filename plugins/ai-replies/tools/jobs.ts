/** Carrying out what a person has approved. */
import Type from 'typebox';
import { isAppError, throughKey } from '#core/kit.ts';
import { defineJob } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import { halfOf } from '../lane-limit.ts';
import { PERFORM } from './approvals.ts';
import { MCP } from './grants.ts';
import type { ToolsScope } from './services.ts';

const PLACES = 10;

export const performTool = defineJob({
  name: PERFORM,
  summary: 'Carries out what a person has approved that a model wants',
  payload: Type.Object({ call: Type.String() }),
  maxAttempts: 5,
  timeoutMs: 120_000,
  concurrency: PLACES,
  perLane: halfOf(PLACES),
  async run(
    { call: uuid },
    { signal, attempt },
    { db, accounts, aiRules, conversations, tools, toolApprovals }: ToolsScope,
  ) {
    const call = await db.write('ai_replies_tool_calls').where({ uuid, state: 'approved' }).first();
    if (!call) return;
    const end = async (state: 'done' | 'failed', output: unknown) => {
      const farewell = await toolApprovals.farewell(call);
      await db.transaction(async (trx) => {
        if (await toolApprovals.finish(trx, call, state, output))
          await toolApprovals.reportOutcome(trx, call, farewell);
      });
    };
    const approver = await accounts.principalOf(call.user_id);
    if (!approver || approver.tenantId !== call.tenant_id) {
      await end('failed', { error: 'The person who approved it no longer exists' });
      return;
    }
    // A server outside does not tell a second call from the same one again.
    const isOnce = call.tool.startsWith(MCP);
    if (isOnce && attempt > 1) {
      await end('failed', { error: 'It is not known whether it was carried out' });
      return;
    }
    try {
      // It may have been taken back while the call has waited, by the tenant or by the contact.
      if (isOnce && !(await aiRules.of(call.tenant_id)).hasConsent) throw aiErrors.no_consent();
      const spoken = isOnce ? await conversations.spoken(call.conversation_id, 1) : null;
      if (spoken?.contact.consent === 'refused') throw aiErrors.contact_refused();
      // What a model wants is of this tenant, also when a super-admin approves it.
      await end('done', await tools.perform(call, throughKey(approver, null), signal));
    } catch (error) {
      // What cannot work is not tried again.
      const isFinal = isAppError(error) && error.status < 500 && error.status !== 429;
      if (!isOnce && !isFinal && attempt < 5) throw error;
      await end('failed', { error: isAppError(error) ? error.message : 'It did not work' });
    }
  },
});
