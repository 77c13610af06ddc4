/** Functions of all plugins: listed with their schemas, and called. */
import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { ACCEPT_LANGUAGE } from '../http/language.ts';
import { whileAllowed } from '../http/long-poll.ts';
import { route } from '../http/route.ts';

const FunctionView = Type.Object({
  name: Type.String(),
  summary: Type.String(),
  scope: Type.Optional(Type.String()),
  roles: Type.Union([Type.Array(Type.String()), Type.Null()]),
  callable: Type.Boolean({ description: 'Whether the caller may call it' }),
  input: Type.Unknown({ description: 'JSON Schema of what it takes' }),
  output: Type.Unknown({ description: 'JSON Schema of what it gives' }),
});

export const functionRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/functions',
    access: 'user',
    summary: 'Functions that plugins offer, with their schemas',
    requestHeaders: ACCEPT_LANGUAGE,
    responses: { 200: Type.Object({ items: Type.Array(FunctionView) }) },
    handler: ({ principal, ctx }, { functions }) => ({
      items: functions.listFor(ctx).map(({ name, summary, access, input, output }) => ({
        name,
        summary,
        scope: access.scope,
        roles: access.roles ?? null,
        callable: functions.mayCall(name, principal),
        input,
        output,
      })),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/platform/functions/{name}',
    operationId: 'callFunction',
    access: 'user',
    summary: 'Calls a function; the header Idempotency-Key makes a repeat safe',
    params: Type.Object({ name: Type.String({ maxLength: 100 }) }),
    requestHeaders: { 'Idempotency-Key': 'The same for every try of the same call' },
    body: Type.Object({ input: Type.Unknown() }),
    responses: { 200: Type.Object({ output: Type.Unknown() }) },
    async handler({ params, body, principal, ctx }, { functions }) {
      const idempotencyKey = ctx.get('idempotency-key').slice(0, 200) || randomUUID();
      // Some wait for minutes.
      const output = await whileAllowed(ctx, (signal) =>
        functions.call(params.name, body.input, { principal, idempotencyKey, signal }),
      );
      return { output };
    },
  }),
];
