/** The licence server's wire format: `{success: false, code, message}`; messages are Chinese, codes are the contract. */
import type { Dialect } from '#core/http/dialect.ts';
import type { LicensingErrorCode } from './errors.ts';
import { INVALID_REQUEST, SENTENCES, WORDS } from './sentences.ts';

export const licenceDialect: Dialect = {
  name: 'licence',
  prefixes: ['/api/verify', '/api/admin', '/api/licenses'],
  validationStatus: 400,
  failure(error) {
    const known = WORDS[error.status === 401 ? 'unauthenticated' : error.code];
    const [code, message] = known ?? (isOwn(error.code) ? [error.code, SENTENCES[error.code]] : INVALID_REQUEST);
    return { body: { success: false, code, message, ...error.extra } };
  },
};

function isOwn(code: string): code is LicensingErrorCode {
  return Object.hasOwn(SENTENCES, code);
}
