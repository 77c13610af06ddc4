/** The last lines of the log for super-admins: of the process that answers, which says who it is. */
import Type, { type Static } from 'typebox';
import { whileAllowed } from '../http/long-poll.ts';
import { reply } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { LOG_LEVELS, type LogLine, type LogLines } from '../observability/log-lines.ts';

const LogLineView = Type.Object({
  id: Type.Integer({ description: 'Counts up within the process' }),
  level: Type.Enum([...LOG_LEVELS]),
  time: Type.Union([Type.String(), Type.Null()]),
  message: Type.String(),
  text: Type.String({ description: 'The whole entry as JSON, secrets blotted out; cut after 16 KiB' }),
});
const Filter = {
  level: Type.Enum([...LOG_LEVELS], { default: 'trace', description: 'This level and worse' }),
  search: Type.String({ default: '', maxLength: 200, description: 'In any part of an entry' }),
};
const access = 'superadmin';
const tag = 'logs';

export function logRoutes(logLines: LogLines) {
  return [
    route({
      method: 'GET',
      path: '/api/platform/logs',
      access,
      tag,
      summary: 'The latest lines of the log of the replica that answers; follows it with `after` and `wait_seconds`',
      query: Type.Object({
        ...Filter,
        after: Type.String({
          default: '',
          maxLength: 400,
          description: 'The `cursor` of an answer: lines behind it. Of several replicas the last of each, with commas',
        }),
        limit: Type.Integer({ default: 500, minimum: 1, maximum: 1_000 }),
        wait_seconds: Type.Integer({
          default: 0,
          minimum: 0,
          maximum: 25,
          description: 'With `after`: waits so long for a line before it answers with none',
        }),
      }),
      responses: {
        200: Type.Object({
          replica: Type.String({
            description: 'Host and process number of who answers; others have lines of their own',
          }),
          process: Type.String({ description: 'The same in short, another with each start; the lines are its own' }),
          items: Type.Array(LogLineView),
          cursor: Type.String(),
          missed: Type.Boolean({
            description: 'Lines between `after` and these are not kept any more, or another replica answers',
          }),
        }),
      },
      async handler({ query: { level, search, after, limit, wait_seconds }, ctx }, { clock }) {
        const waitMs = wait_seconds * 1000;
        // A server that stops answers who waits, instead of waiting with them.
        const stopping = new AbortController();
        const stop = (): void => stopping.abort();
        ctx.app.once('closing', stop);
        const { lines, cursor, missed } = await whileAllowed(ctx, (gone) => {
          const signal = AbortSignal.any([gone, stopping.signal]);
          return logLines.follow({ level, search }, { after, limit, waitMs, clock, signal });
        }).finally(() => ctx.app.off('closing', stop));
        const { replica, process } = logLines;
        return { replica, process, items: lines.map(lineView), cursor, missed };
      },
    }),
    route({
      method: 'GET',
      path: '/api/platform/logs/download',
      access,
      tag,
      summary: 'The kept lines of the log of the replica that answers, as a file',
      query: Type.Object(Filter),
      responses: { 200: null },
      produces: ['application/x-ndjson'],
      handler: ({ query }) =>
        reply(200, logLines.text(query), {
          'content-type': 'application/x-ndjson; charset=utf-8',
          'content-disposition': 'attachment; filename="patchbay-log.ndjson"',
        }),
    }),
  ];
}

function lineView({ seq, level, text }: LogLine): Static<typeof LogLineView> {
  const { time, msg, err } = entryOf(text);
  const message = [msg, messageOf(err)].find((one) => typeof one === 'string') ?? '';
  return { id: seq, level, time: typeof time === 'string' ? time : null, message: String(message), text };
}

/** A line that was cut is no JSON any more; its text is shown all the same. */
function entryOf(text: string): Record<string, unknown> {
  try {
    return Object.assign({}, JSON.parse(text));
  } catch {
    return { msg: text };
  }
}

function messageOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
}
