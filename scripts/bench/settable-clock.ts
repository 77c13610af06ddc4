/**
 * Imported by a process whose clock a drill may set: from then on `Date` is ahead or back by what its parent says, as if the machine's
 * clock had been set; until then it is the real one, which costs a benchmark nothing. Timers and `performance.now()` are the
 * machine's, as they would be.
 */
const RealDate = Date;
let aheadMs = 0;

class SetDate extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(RealDate.now() + aheadMs);
    else super(...(given as [number]));
  }
  static override now(): number {
    return RealDate.now() + aheadMs;
  }
  /** Also of those that were made before. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof RealDate;
  }
}

process.on('message', (said: { aheadMs?: number }) => {
  if (typeof said.aheadMs !== 'number') return;
  aheadMs = said.aheadMs;
  globalThis.Date = SetDate as DateConstructor;
  process.send?.({ aheadMs });
});
// Who is not spoken to any more may end.
process.channel?.unref();
