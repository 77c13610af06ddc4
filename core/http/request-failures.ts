/** What was refused or has failed, request by request, for plugins that keep a log of their own. */

import type { Principal } from '../access/principal.ts';
import type { AppError } from '../errors.ts';

export interface RequestFailure {
  /** Of the answer: plugins look for their own. */
  dialect: string;
  method: string;
  /** Without its query. */
  path: string;
  error: AppError;
  requestId: string;
  ip: string;
  /** Null for strangers, and when it failed before that was known. */
  principal: Principal | null;
}

export interface RequestFailures {
  /** Called after the answer is made; it returns at once, and does not throw. */
  on(listener: (refusal: RequestFailure) => void): void;
  publish(refusal: RequestFailure): void;
}

export function createRequestFailures(): RequestFailures {
  const listeners: ((refusal: RequestFailure) => void)[] = [];
  return {
    on: (listener) => void listeners.push(listener),
    publish(refusal) {
      for (const listener of listeners) listener(refusal);
    },
  };
}
