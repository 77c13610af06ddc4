/** Periods: the anchor's day is kept, however short the months between. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addMonths,
  daysSoFar,
  monthOf,
  nextMonthStart,
  periodEnd,
  shareLeft,
} from '../../../plugins/billing/calendar.ts';
import { majorUnits, minorUnits, moneyText } from '../../../plugins/billing/money.ts';

const day = (text: string): number => Date.parse(`${text}T10:30:00Z`);
const text = (at: number): string => new Date(at).toISOString().slice(0, 10);
const moments = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) });

describe('billing calendar', () => {
  it('ends a year that began on 29 February on 28 February, and finds the 29th again', () => {
    const anchor = day('2024-02-29');
    const ends: string[] = [];
    for (let end = anchor; ends.length < 5; ) {
      end = periodEnd(anchor, 'yearly', end);
      ends.push(text(end));
    }
    assert.deepEqual(ends, ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29', '2029-02-28']);
  });

  it('keeps the 31st over short months', () => {
    const anchor = day('2026-01-31');
    const ends: string[] = [];
    for (let end = anchor; ends.length < 4; ) {
      end = periodEnd(anchor, 'monthly', end);
      ends.push(text(end));
    }
    assert.deepEqual(ends, ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
  });

  it('gives periods without gaps, of the right length, on the anchor’s day where the month has it', () => {
    fc.assert(
      fc.property(
        moments,
        fc.constantFrom('monthly' as const, 'yearly' as const),
        fc.nat(200),
        (anchor, cycle, count) => {
          const months = cycle === 'yearly' ? 12 : 1;
          const start = addMonths(anchor, count * months);
          const end = periodEnd(anchor, cycle, start);
          assert.equal(end, addMonths(anchor, (count + 1) * months));
          assert.equal(periodEnd(anchor, cycle, end - 1), end);
          const [wanted, got] = [new Date(anchor).getUTCDate(), new Date(end).getUTCDate()];
          const last = new Date(nextMonthStart(end) - 1).getUTCDate();
          assert.equal(got, Math.min(wanted, last));
          assert.equal(end % 86_400_000, ((anchor % 86_400_000) + 86_400_000) % 86_400_000);
        },
      ),
    );
  });

  it('finds the end after any moment', () => {
    fc.assert(
      fc.property(moments, moments, fc.constantFrom('monthly' as const, 'yearly' as const), (anchor, after, cycle) => {
        const end = periodEnd(anchor, cycle, after);
        assert.ok(end > after && end > anchor);
        if (after >= anchor) assert.ok(end - after <= (cycle === 'yearly' ? 367 : 32) * 86_400_000);
      }),
    );
  });

  it('knows shares and days', () => {
    assert.equal(shareLeft({ start: 0, end: 100 }, 25), 0.75);
    assert.equal(shareLeft({ start: 0, end: 100 }, 200), 0);
    assert.equal(shareLeft({ start: 5, end: 5 }, 5), 0);
    assert.deepEqual(daysSoFar(day('2026-03-03')), ['2026-03-01', '2026-03-02', '2026-03-03']);
    assert.equal(monthOf(day('2026-12-31')), '2026-12');
  });
});

describe('money', () => {
  it('keeps every amount that the currency has, and refuses finer ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), fc.constantFrom('USD', 'JPY', 'KWD'), (minor, currency) => {
        assert.equal(minorUnits(majorUnits(minor, currency), currency), minor);
      }),
    );
    assert.equal(minorUnits(19.99, 'USD'), 1999);
    assert.throws(() => minorUnits(1.005, 'USD'), { code: 'invalid_price' });
    assert.throws(() => minorUnits(0.5, 'JPY'), { code: 'invalid_price' });
    assert.equal(moneyText(2990, 'USD'), '29.90 USD');
    assert.equal(moneyText(2990, 'JPY'), '2990 JPY');
  });
});
