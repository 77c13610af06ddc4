/** A jq expression tried by itself: nothing runs and nothing is written, so it may be asked for with every pause of who writes it. */
import Type from 'typebox';
import type { RateLimit } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { MANAGE, tenantOf } from '../../access.ts';
import { ARGUMENTS, evaluateExpression, LARGEST, type Scope, TENANT } from '../../language/expressions.ts';
import { Fault } from '../../language/faults.ts';
import type { DefinitionsScope } from '../services.ts';

const LONGEST = 20_000;
/** Compiling is work of the thread that serves everybody, and takes as long as the text is: a point is for so many characters. */
const POINT = 500;
export const TRIED_EXPRESSIONS: RateLimit = { name: 'workflows.triedExpressions', points: 300, windowSeconds: 60 };
const MOST_VARIABLES = 50;
/** Characters of JSON: it is looked at, and not gone on with. */
const LARGEST_RESULT = 256 * 1024;
/** What nests deeper is not to be written as JSON: the stack would not reach. */
const DEEPEST = 500;
/** Variables are there as in a task; those that are not given are null. */
const NOTHING: Scope = Object.fromEntries(ARGUMENTS.map((name) => [name, null]));

export const tryExpression = route({
  method: 'POST',
  path: '/api/platform/workflows/try-expression',
  access: MANAGE,
  summary: 'What an expression gives for data that is sent along; secrets are not read',
  body: Type.Object(
    {
      expression: Type.String({ maxLength: LONGEST }),
      input: Type.Optional(Type.Unknown()),
      variables: Type.Optional(
        Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,99}$' }), Type.Unknown(), {
          additionalProperties: false,
          maxProperties: MOST_VARIABLES,
          description: 'Values of `$context`, `$item` and so on, by name without the dollar sign',
        }),
      ),
    },
    { examples: [{ expression: '.name + $context.suffix', input: { name: 'Ada' }, variables: { context: {} } }] },
  ),
  responses: {
    200: Type.Object(
      {
        output: Type.Optional(Type.Unknown()),
        error: Type.Optional(Type.String({ description: 'Why it gives nothing' })),
      },
      { examples: [{ output: 'Ada Lovelace' }] },
    ),
  },
  async handler({ body: { expression, input = null, variables = {} }, principal }, { rateLimits }: DefinitionsScope) {
    await rateLimits.consume(TRIED_EXPRESSIONS, tenantOf(principal), Math.ceil((expression.length + 1) / POINT));
    const scope: Scope = { ...NOTHING, ...variables, [TENANT]: tenantOf(principal), [LARGEST]: LARGEST_RESULT };
    try {
      const output = (await evaluateExpression(expression, input, scope)) ?? null;
      return isDeeperThan(DEEPEST, output) ? { error: `The result nests deeper than ${DEEPEST} levels` } : { output };
    } catch (error) {
      if (error instanceof Fault) return { error: error.message };
      throw error;
    }
  },
});

/** Of a value whose size is bounded. */
function isDeeperThan(levels: number, value: unknown): boolean {
  let below: unknown[] = [value];
  for (let level = 0; level <= levels; level++) {
    below = below.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (below.length === 0) return false;
  }
  return true;
}
