/** Which scheduled backups stay, and when they are made, by themselves. */
import assert from 'node:assert/strict';
import { namedBackup, nameOfBackup } from '#core/backup/backup-names.ts';
import { outlived, type ScheduledBackup } from '#core/backup/retention.ts';
import { backupSchedules } from '#core/backup/schedules.ts';

const DAY_MS = 86_400_000;
/** A Wednesday. */
const NOW = Date.UTC(2026, 6, 15, 4);
const KEEP = { daily: 3, weekly: 2, monthly: 2 };

function of(daysAgo: number, rehearsal: ScheduledBackup['rehearsal'] = null): ScheduledBackup {
  return { name: `${daysAgo}`, created_at: NOW - daysAgo * DAY_MS, rehearsal };
}
function kept(backups: ScheduledBackup[]): number[] {
  const gone = outlived(backups, KEEP, NOW);
  return backups.filter(({ name }) => !gone.includes(name)).map(({ name }) => Number(name));
}

describe('retention of backups', () => {
  it('keeps the newest of each of the latest days, weeks and months', () => {
    const daily = Array.from({ length: 90 }, (_, daysAgo) => of(daysAgo));
    // Sunday the 12th ends the week before, June the month before.
    assert.deepEqual(kept(daily), [0, 1, 2, 3, 15]);
  });

  it('counts days on which there is one, so that none is lost while the server is off', () => {
    assert.deepEqual(kept([of(40), of(41), of(42)]), [40, 41, 42]);
  });

  it('never gives up the newest good one, nor the newest that is known to be', () => {
    const damaged = Array.from({ length: 5 }, (_, daysAgo) => of(daysAgo, 'failed'));
    assert.deepEqual(kept([...damaged, of(300)]), [0, 1, 2, 3, 4, 300]);
    const untried = Array.from({ length: 200 }, (_, daysAgo) => of(daysAgo));
    assert.ok(kept([...untried, of(201, 'passed')]).includes(201));
    const older = [of(0), of(1), of(2), of(3), of(300, 'passed'), of(301, 'passed')];
    assert.deepEqual(kept(older).includes(300), true);
  });

  it('lets a damaged one stay for a week, in nobody’s place', () => {
    assert.deepEqual(kept([of(0), of(1), of(2, 'failed'), of(3), of(8, 'failed')]), [0, 1, 2, 3]);
  });
});

describe('names of backups', () => {
  it('say when they were begun, whether by the schedule, and whether they are encrypted', () => {
    const begunAt = Date.UTC(2026, 1, 3, 4, 5, 6);
    for (const isScheduled of [true, false]) {
      for (const isEncrypted of [true, false]) {
        for (const isBeforeUpdate of isScheduled ? [false] : [true, false]) {
          const named = { begunAt, isScheduled, isBeforeUpdate, isEncrypted };
          assert.deepEqual(namedBackup(nameOfBackup(named)), named);
        }
      }
    }
    for (const name of ['other.tar.gz', '../secrets.json', '.patchbay-backup-x']) assert.equal(namedBackup(name), null);
  });
});

describe('schedules of backups', () => {
  const at = (minutesBehindUtc: number, schedule = 'nightly', rehearsal: string | null = 'weekly') =>
    backupSchedules({ backups: { schedule, rehearsal } as never }, minutesBehindUtc);

  it('are quiet times where the server is', () => {
    assert.deepEqual(at(0), { schedule: '13 2 * * *', rehearsal: '13 5 * * 0' });
    // Shanghai, and Kathmandu: Saturday evening in UTC.
    assert.deepEqual(at(-480), { schedule: '13 18 * * *', rehearsal: '13 21 * * 6' });
    assert.deepEqual(at(-345), { schedule: '28 20 * * *', rehearsal: '28 23 * * 6' });
    // Los Angeles
    assert.deepEqual(at(480), { schedule: '13 10 * * *', rehearsal: '13 13 * * 0' });
  });

  it('are what is written otherwise, or none', () => {
    assert.deepEqual(at(60, '5 1 * * 1', null), { schedule: '5 1 * * 1', rehearsal: null });
  });
});
