/** Errors as sentences. */
import { ApiError } from '../client/api-error.ts';

/** A sentence about a failure; `offline` when nothing was answered. */
export function messageOf(error: unknown, offline: string): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError && /fetch|network/i.test(error.message)) return offline;
  return error instanceof Error ? error.message : String(error);
}
