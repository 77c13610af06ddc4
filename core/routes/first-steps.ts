/** The check-list of the first fifteen minutes: what there is to do for this person, and what of it is done. */
import Type from 'typebox';
import { refusalOf } from '../access/access.ts';
import type { BoundFirstStep, FirstStepState } from '../activity/first-steps.ts';
import { route } from '../http/route.ts';
import { inTime } from '../in-time.ts';
import type { Logger } from '../observability/log.ts';
import { TextView, textOf } from '../pages/entries.ts';

export function firstStepRoutes(steps: readonly BoundFirstStep[]) {
  return [
    route({
      method: 'GET',
      path: '/api/platform/first-steps',
      access: 'user',
      tag: 'activity',
      summary: 'What a person who is new here does first: by you, in your tenant, for super-admins on the platform',
      responses: {
        200: Type.Object({
          items: Type.Array(
            Type.Object({
              id: Type.String({ description: '`plugin.what`' }),
              title: TextView,
              text: TextView,
              path: Type.String({ description: 'Page of the web UI on which it is done as well' }),
              done: Type.Boolean(),
            }),
          ),
        }),
      },
      async handler({ principal, log }) {
        const mine = steps.filter(({ access = 'user' }) => refusalOf(access, principal) === null);
        const items = await Promise.all(
          mine.map(async ({ id, title, text, path, state }) => ({
            id,
            title: textOf(title),
            text: textOf(text),
            path,
            state: await stateOf(id, () => state(principal), log),
          })),
        );
        return {
          items: items.flatMap(({ state, ...step }) => (state === 'none' ? [] : [{ ...step, done: state === 'done' }])),
        };
      },
    }),
  ];
}

/** Nobody is asked to do what nobody knows the state of. */
async function stateOf(id: string, asking: () => Promise<FirstStepState>, log: Logger): Promise<FirstStepState> {
  try {
    return await inTime(asking);
  } catch (error) {
    log.error({ err: error, step: id }, 'The state of a first step could not be read');
    return 'none';
  }
}
