/** What workflows and AI agents may do: send to many, and later. The same call again has no second effect. */
import Type from 'typebox';
import { once } from '#core/kit.ts';
import { defineFunction, type GrantedCall } from '#core/plugin.ts';
import { MAY_BROADCAST, NewBroadcast, wishOf } from './routes/broadcasts.ts';
import { NewSchedule, scheduleOf } from './routes/scheduled-messages.ts';
import type { BroadcastsScope } from './services.ts';

export const broadcastFunctions = [
  defineFunction({
    name: 'robots.broadcast',
    summary: 'Starts a broadcast to contacts of robots',
    access: MAY_BROADCAST,
    input: NewBroadcast,
    output: Type.Object({ broadcast_id: Type.String() }),
    async run(input, call, { db, clock, broadcasts }: BroadcastsScope) {
      const principal = { ...call.principal, tenantId: call.tenantId };
      const wish = wishOf(input);
      await broadcasts.check(principal, wish);
      return db.transaction((trx) =>
        once(trx, { ...keyOf(call, 'robots.broadcast'), request: input, now: clock.now() }, async () => {
          const draft = await broadcasts.createWithin(trx, principal, wish);
          const { uuid } = await broadcasts.startWithin(trx, principal, draft);
          return { broadcast_id: uuid };
        }),
      );
    },
  }),
  defineFunction({
    name: 'robots.schedule',
    summary: 'Schedules a message through a robot, once or by a cron expression',
    access: MAY_BROADCAST,
    input: NewSchedule,
    output: Type.Object({ scheduled_message_id: Type.String() }),
    async run(input, call, { db, clock, scheduledMessages }: BroadcastsScope) {
      const checked = await scheduledMessages.check(call.principal, scheduleOf(input));
      return db.transaction((trx) =>
        once(trx, { ...keyOf(call, 'robots.schedule'), request: input, now: clock.now() }, async () => {
          const { uuid } = await scheduledMessages.createWithin(trx, call.principal, checked);
          return { scheduled_message_id: uuid };
        }),
      );
    },
  }),
];

/** Keys are told apart by tenant: nobody gets the answer of another one by guessing its key. */
function keyOf({ tenantId, idempotencyKey }: GrantedCall<typeof MAY_BROADCAST>, what: string) {
  return { scope: `${what}.call/${tenantId}`, key: idempotencyKey };
}
