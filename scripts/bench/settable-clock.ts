/**
 * Imported first by a process whose clock a drill sets: `Date` is ahead or back by what its parent says, as if the machine's
 * clock had been set. Timers and `performance.now()` are the machine's, as they would be.
 */
const RealDate = Date;
let aheadMs = 0;

globalThis.Date = class extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(RealDate.now() + aheadMs);
    else super(...(given as [number]));
  }
  static override now(): number {
    return RealDate.now() + aheadMs;
  }
} as DateConstructor;

process.on('message', (said: { aheadMs?: number }) => {
  if (typeof said.aheadMs !== 'number') return;
  aheadMs = said.aheadMs;
  process.send?.({ aheadMs });
});
// Who is not spoken to any more may end.
process.channel?.unref();
