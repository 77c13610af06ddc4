/** What goes wrong with calls to the outside. */
import { codeOf, messageOf } from '../errors.ts';
import { BlockedAddress } from './guard.ts';

export type OutboundErrorCode =
  | 'blocked_address'
  | 'timeout'
  | 'too_large'
  | 'too_many_redirects'
  | 'network'
  | 'bad_url';

export class OutboundError extends Error {
  override name = 'OutboundError';
  readonly code: OutboundErrorCode;
  constructor(code: OutboundErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Whatever was thrown, as one of them. */
export function asOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error;
  if (error instanceof BlockedAddress) return new OutboundError('blocked_address', error.message, error);
  const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || codeOf(error).includes('TIMEOUT'));
  return new OutboundError(isTimeout ? 'timeout' : 'network', messageOf(error) || codeOf(error), error);
}
