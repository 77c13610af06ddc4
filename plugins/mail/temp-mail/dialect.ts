/** The temp-mail service's wire format: plain JSON; errors `{error}` in Chinese, as its clients show them. */
import Type from 'typebox';
import type { Dialect } from '#core/plugin.ts';
import { sentenceOf } from './dialect-messages.ts';

const TempMailError = Type.Object(
  { error: Type.String() },
  { additionalProperties: true, description: 'A sentence as its clients show it' },
);

export const tempMailDialect: Dialect = {
  name: 'temp-mail',
  prefixes: ['/api'],
  validationStatus: 400,
  errorSchema: TempMailError,
  failure(error) {
    const sentence = sentenceOf(error);
    if (error.issues.length > 0) return { body: { error: sentence } };
    // Unknown paths below /api: three dialects live here, and this shape suits them all.
    if (error.code === 'not_found') return { body: { error: sentence, code: 'NOT_FOUND', success: false } };
    return { body: { error: sentence, ...error.extra } };
  },
};
