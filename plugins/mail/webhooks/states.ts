/**
 * The states of a call of a webhook, and the only ways from one to another: whoever moves calls narrows to where a move begins,
 * and says where it ends, by this table.
 */
export const CALL_STATES = ['waiting', 'delivered', 'failed'] as const;

export type CallState = (typeof CALL_STATES)[number];

export const CALL_MOVES = {
  /** Its host is busy or away: nothing was tried. */
  putOff: { from: ['waiting'], to: ['waiting'] },
  /** It was tried; a failed one again, where a person has its dead job tried. What arrived once has arrived. */
  try: { from: ['waiting', 'failed'], to: ['waiting', 'delivered', 'failed'] },
} as const satisfies Record<string, { from: readonly CallState[]; to: readonly CallState[] }>;

/** What a try makes of it: `status` is the answer's, null without one. */
export function stateAfterTry(status: number | null, isLast: boolean): CallState {
  if (status !== null && status < 300) return 'delivered';
  return isLast ? 'failed' : 'waiting';
}
