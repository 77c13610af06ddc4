/** MoltFlow's wire format: plain JSON; errors `{detail, code}`; broken schemas as FastAPI shows them. */
import Type from 'typebox';
import type { Dialect } from '#core/plugin.ts';

const MoltflowError = Type.Object(
  {
    detail: Type.Union([
      Type.String(),
      Type.Array(
        Type.Object({
          loc: Type.Array(Type.Union([Type.String(), Type.Integer()])),
          msg: Type.String(),
          type: Type.String(),
          ctx: Type.Optional(Type.Object({ expected: Type.Union([Type.String(), Type.Number()]) })),
        }),
      ),
    ]),
    code: Type.String(),
  },
  { additionalProperties: true, description: 'A sentence, or what is wrong with the request, and a code' },
);

export const moltflowDialect: Dialect = {
  name: 'moltflow',
  prefixes: ['/api/v2'],
  validationStatus: 422,
  errorSchema: MoltflowError,
  failure(error) {
    if (error.issues.length === 0) return { body: { detail: error.message, code: error.code, ...error.extra } };
    const detail = error.issues.map(({ path, message, keyword, expected }) => ({
      loc: path,
      msg: message,
      type: keyword,
      ...(expected !== undefined && { ctx: { expected } }),
    }));
    return { body: { detail, code: error.code, ...error.extra } };
  },
};
