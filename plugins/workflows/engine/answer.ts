/** How those who start an execution are answered: at once, or with its end when they wait for it. */
import type Koa from 'koa';
import Type from 'typebox';
import { ifStillAllowed } from '#core/kit.ts';
import { reply } from '#core/plugin.ts';
import { workflowErrors } from '../errors.ts';
import { Fault } from '../language/faults.ts';
import type { Started } from './engine.ts';
import type { Final } from './outcomes.ts';

export const LONGEST_WAIT_SECONDS = 120;
export const WaitQuery = {
  wait: Type.Optional(
    Type.Integer({ minimum: 0, maximum: LONGEST_WAIT_SECONDS, description: 'Seconds to wait for the end' }),
  ),
};

export const StartedView = Type.Object(
  {
    id: Type.String(),
    status: Type.String(),
    output: Type.Optional(Type.Unknown()),
    error: Type.Optional(Type.Unknown()),
  },
  { examples: [{ id: '0198f2c1-…', status: 'completed', output: { greeting: 'Hello Ada' } }] },
);

/** What whoever waited is told; before the end, how it stands. */
export function startedView({
  id,
  status,
  output,
  error,
}: Pick<Final, 'id' | 'status'> & { output: unknown; error: unknown }) {
  return { id, status, ...(error === null ? { output } : { error }) };
}

/**
 * 200 with the output when it ends within the seconds, else 202. Throws `not_startable` for what the workflow refuses, and
 * `unauthenticated` when the credentials ended meanwhile.
 */
export async function answerOf(ctx: Koa.Context, starting: Promise<Started>, seconds: number) {
  let started: Started;
  try {
    started = await starting;
  } catch (error) {
    throw error instanceof Fault ? workflowErrors.not_startable({ message: error.message, cause: error }) : error;
  }
  const final = seconds > 0 ? await ifStillAllowed(ctx, () => started.ended(seconds * 1000)) : null;
  if (!final) return reply(202, { id: started.id, status: started.status });
  return reply(200, startedView(final));
}
