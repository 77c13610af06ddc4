/** The platform as a Model Context Protocol server, for AI agents. GET and DELETE answer 405: there are no sessions. */
import type Koa from 'koa';
import Type from 'typebox';
import { checkAccess, whileAllowed } from '#core/kit.ts';
import { coreErrors, type Principal, reply, route } from '#core/plugin.ts';
import { LONGEST_WAIT_SECONDS } from '../engine/answer.ts';
import { refuseForeignOrigin } from './origin.ts';
import type { McpScope } from './scope.ts';

const LIMIT_BYTES = 1024 * 1024;
/** Clients commonly give up after 60 seconds; before that they get the id of what goes on. */
const WAIT_SECONDS = 50;

export const mcpRoutes = [
  route({
    method: 'POST',
    path: '/mcp',
    operationId: 'callMcp',
    // Whoever is nobody is refused below, with the header that RFC 9110 §15.5.2 asks for whatever was wrong.
    access: 'optional',
    summary: 'Model Context Protocol (streamable HTTP): functions and exposed workflows as tools',
    description:
      'Needs an API key (`X-API-Key`, or as bearer token) or an access token. An `Idempotency-Key`, or ' +
      '`_meta.idempotencyKey` of a call, makes a repeat of the same call give the first result.',
    query: Type.Object({
      wait: Type.Integer({
        minimum: 0,
        maximum: LONGEST_WAIT_SECONDS,
        default: WAIT_SECONDS,
        description: 'Seconds to wait for the end of a workflow',
      }),
    }),
    body: Type.Unknown({
      description: 'One JSON-RPC message',
      examples: [{ jsonrpc: '2.0', id: 1, method: 'tools/list' }],
    }),
    bodyLimit: LIMIT_BYTES,
    responses: {
      200: Type.Object({ jsonrpc: Type.Literal('2.0') }, { additionalProperties: true, description: 'JSON-RPC' }),
      202: null,
    },
    async handler({ body, query, principal, requestId, ctx }, services: McpScope) {
      const account = accountOf(principal, ctx);
      refuseForeignOrigin(ctx.get('origin'), services.coreConfig);
      if (Array.isArray(body)) {
        throw coreErrors.bad_request({ message: 'Send one message in a request: MCP has no batches since 2025-06-18' });
      }
      const { stopping, end } = stopOf(ctx);
      try {
        // Not imported above: the SDK would take memory of every platform, also of those that nobody asks for MCP.
        const { answerMcp } = await import('./server.ts');
        const answer = await whileAllowed(ctx, (gone) => {
          const caller = { principal: account, requestId, waitMs: query.wait * 1000, gone, stopping };
          return answerMcp({ message: body, header: (name) => ctx.get(name), caller }, services);
        });
        return reply(answer.status, await answer.text(), {
          'content-type': answer.headers.get('content-type') ?? 'application/json',
          // Kept open, the connection would hold up the stop until its reader lets go.
          ...(stopping.aborted && { connection: 'close' }),
        });
      } finally {
        end();
      }
    },
  }),
];

function accountOf(principal: Principal | null, ctx: Koa.Context): Principal {
  if (!principal) {
    const isGiven = ctx.get('x-api-key') !== '' || ctx.get('authorization') !== '';
    throw coreErrors.unauthenticated({
      ...(isGiven && { message: 'The token or API key is not valid' }),
      headers: { 'www-authenticate': isGiven ? 'Bearer error="invalid_token"' : 'Bearer' },
    });
  }
  checkAccess('user', principal);
  return principal;
}

function stopOf({ app }: Koa.Context) {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  app.once('closing', stop);
  return { stopping: stopping.signal, end: () => void app.off('closing', stop) };
}
