/**
 * The states of a mail that is sent and of its deliveries, and the only ways from one to another: whoever moves one narrows to
 * where a move begins, and says where it ends, by these tables.
 */
export const SENT_STATUSES = [
  'scheduled',
  'queued',
  'sent',
  'delivered',
  // Written to the log of this server, which cannot send: it reached nobody.
  'logged',
  'bounced',
  'failed',
  'canceled',
] as const;

export type SentStatus = (typeof SENT_STATUSES)[number];
/** A delivery has no time of its own. */
export type DeliveryStatus = Exclude<SentStatus, 'scheduled'>;

interface Move<S> {
  from: readonly S[];
  to: readonly S[];
}

/** Before it leaves; afterwards a mail is what its deliveries say (`overallStatus`). */
export const SENT_MOVES = {
  /** It shall leave at another time, or at once. */
  reschedule: { from: ['scheduled', 'queued'], to: ['scheduled', 'queued'] },
  /** Its time has come. */
  becomeDue: { from: ['scheduled'], to: ['queued'] },
  cancel: { from: ['scheduled', 'queued'], to: ['canceled'] },
  /** Its address is somebody else's by then; what is due already leaves. */
  cancelScheduled: { from: ['scheduled'], to: ['canceled'] },
} as const satisfies Record<string, Move<SentStatus>>;

export const DELIVERY_MOVES = {
  /** A try failed for now. */
  defer: { from: ['queued'], to: ['queued'] },
  /** A try has ended for good; it may have been under way when its mail was canceled. */
  settle: { from: ['queued', 'canceled'], to: ['sent', 'delivered', 'logged', 'bounced', 'failed'] },
  /** A server reports what became of it, which may be before the try that handed it over is settled. */
  report: { from: ['queued', 'sent', 'delivered', 'failed', 'canceled'], to: ['delivered', 'bounced'] },
  cancel: { from: ['queued'], to: ['canceled'] },
} as const satisfies Record<string, Move<DeliveryStatus>>;

/** Nothing is left to do. */
export const FINAL_STATUSES: readonly SentStatus[] = SENT_STATUSES.filter(
  (status) => !(SENT_MOVES.cancel.from as readonly SentStatus[]).includes(status),
);

/** Whether this move of a delivery may begin from there. */
export function mayMove(move: keyof typeof DELIVERY_MOVES, status: DeliveryStatus): boolean {
  return (DELIVERY_MOVES[move].from as readonly DeliveryStatus[]).includes(status);
}

/** The mail is what is worst, as long as anything is left to do: queued; then bounced, failed, logged, sent, delivered. */
export function overallStatus(statuses: readonly DeliveryStatus[]): DeliveryStatus {
  for (const status of ['queued', 'bounced', 'failed', 'logged', 'sent', 'delivered'] as const) {
    if (statuses.includes(status)) return status;
  }
  return 'canceled';
}
