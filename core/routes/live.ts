/** The live channel: one stream of server-sent events for everything that a page shows, resumable at any replica. */
import Type from 'typebox';
import { isAppError } from '../errors.ts';
import { topicMatcher, topicsOf } from '../events/live-topics.ts';
import { eventStream } from '../http/event-stream.ts';
import { HANDLED } from '../http/reply.ts';
import { route } from '../http/route.ts';

/** The right to a topic may end without that of the caller: a mailbox gets another owner. */
const LOOK_MS = 15_000;
const LONGEST_ID = 100;

export const liveRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/live',
    // Whoever is somebody: what they may follow is said by each type of events.
    access: { kinds: ['user', 'apiKey', 'root', 'mailbox', 'guest', 'robot'] },
    summary: 'Live events by topic, as server-sent events; continues after `Last-Event-ID`, at any replica',
    description:
      'Topics are types of events (`mail.received`), beginnings of them (`mail.*`, `*`), or a type and a subject ' +
      '(`mail.received/ada@example.com`). An event `reset` says that some may have been missed: read the lists again.',
    query: Type.Object({
      topics: Type.String({ minLength: 1, maxLength: 8_000, description: 'Separated by commas, at most 50' }),
    }),
    operationId: 'followLive',
    requestHeaders: { 'Last-Event-ID': 'The id of the last event received, to continue after it' },
    responses: { 200: null },
    produces: ['text/event-stream'],
    async handler({ ctx, query, principal, log }, { events, eventSight, clock }) {
      const topics = topicsOf(query.topics);
      const check = async (): Promise<void> => {
        for (const topic of topics) await eventSight.checkTopic(topic, principal);
      };
      await check();
      const stream = eventStream(ctx);
      const end = (error: unknown): void => {
        if (!isAppError(error)) log.warn({ err: error }, 'A live stream was ended');
        stream.close();
      };
      let isPlaced = false;
      let standsAt = '';
      const place = (): void => {
        if (standsAt !== '') stream.sendJson({ id: standsAt, json: '' });
        standsAt = '';
      };
      const stop = events.follow({
        after: ctx.get('last-event-id').slice(0, LONGEST_ID) || null,
        wants: topicMatcher(topics),
        isFor: (event) => eventSight.maySee(event, principal),
        async pass({ id, event, json }) {
          standsAt = '';
          stream.sendJson({ type: event?.type, id, json });
          await stream.drained();
        },
        stands(id) {
          standsAt = id;
          if (isPlaced) return;
          isPlaced = true;
          place();
        },
        reset() {
          isPlaced = false;
          stream.send({ type: 'reset', data: {} });
        },
        failed: end,
      });
      let cancel = clock.after(LOOK_MS, checkAgain);
      stream.onClose(() => {
        cancel();
        stop();
      });
      return HANDLED;

      function checkAgain(): void {
        place();
        cancel = clock.after(LOOK_MS, checkAgain);
        check().catch(end);
      }
    },
  }),
];
