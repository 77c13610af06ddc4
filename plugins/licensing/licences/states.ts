/** The states of a licence, and the only ways from one to another: whoever changes a status asks this table for the next one. */
import type { LicenceStatus } from './tables.ts';

export const LICENCE_MOVES = {
  /** Its time is over. */
  expire: { active: 'expired' },
  /** It was marked as over too early, by a clock that was ahead. */
  reinstate: { expired: 'active' },
  /** It has more time: renewed, or upgraded. What is suspended or revoked stays so. */
  extend: { expired: 'active' },
  /** By a person. */
  suspend: { active: 'suspended', expired: 'suspended' },
  /** By the rule against abuse. */
  suspendAbused: { active: 'suspended' },
  resume: { suspended: 'active' },
  /** Its time has ended meanwhile. */
  resumeOver: { suspended: 'expired' },
  /** For good. */
  revoke: { active: 'revoked', expired: 'revoked', suspended: 'revoked' },
} as const satisfies Record<string, Partial<Record<LicenceStatus, LicenceStatus>>>;

export type LicenceMove = keyof typeof LICENCE_MOVES;

/** Null when this move does not begin there. */
export function nextStatus(move: LicenceMove, status: LicenceStatus): LicenceStatus | null {
  const ways: Partial<Record<LicenceStatus, LicenceStatus>> = LICENCE_MOVES[move];
  return ways[status] ?? null;
}
