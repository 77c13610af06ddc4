/** MoltFlow's wire format: plain JSON; errors `{detail, code}`; broken schemas as FastAPI shows them. */
import type { Dialect } from '#core/http/dialect.ts';

export const moltflowDialect: Dialect = {
  name: 'moltflow',
  prefixes: ['/api/v2'],
  validationStatus: 422,
  failure(error) {
    if (error.issues.length === 0) return { body: { detail: error.message, code: error.code, ...error.extra } };
    const detail = error.issues.map(({ path, message, keyword }) => ({ loc: path, msg: message, type: keyword }));
    return { body: { detail, code: error.code, ...error.extra } };
  },
};
