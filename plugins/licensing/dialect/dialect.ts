/** The licence server's wire format: `{success: false, code, message}`; messages are Chinese, codes are the contract. */
import Type from 'typebox';
import type { Dialect } from '#core/plugin.ts';
import type { LicensingErrorCode } from '../errors.ts';
import { INVALID_REQUEST, MESSAGES, WORDS } from './dialect-messages.ts';

const LicenceError = Type.Object(
  { success: Type.Literal(false), code: Type.String(), message: Type.String() },
  { additionalProperties: true, description: 'A code of the licence document, and its sentence' },
);

export const licenceDialect: Dialect = {
  name: 'licence',
  prefixes: ['/api/verify', '/api/admin', '/api/licenses'],
  validationStatus: 400,
  errorSchema: LicenceError,
  failure(error) {
    const known = WORDS[error.status === 401 ? 'unauthenticated' : error.code];
    const [code, message] = known ?? (isOwn(error.code) ? [error.code, MESSAGES[error.code]] : INVALID_REQUEST);
    return { body: { success: false, code, message, ...error.extra } };
  },
};

function isOwn(code: string): code is LicensingErrorCode {
  return Object.hasOwn(MESSAGES, code);
}
