/** A time as readers of each region write it, in their zone, and read back. */
import assert from 'node:assert/strict';
import { instantOf, momentText, readMoment, wallOf } from '#plugins/admin/web/kit/moment/moment-text.ts';

const TIME = new Date('2026-11-26T21:45:00Z');
const BERLIN = 'Europe/Berlin';

describe("a time in the reader's form", () => {
  it('is written as their region has it, in the zone that is named', () => {
    assert.equal(momentText(TIME, 'en-GB', BERLIN), '26/11/2026, 22:45');
    assert.equal(momentText(TIME, 'en-US', BERLIN), '11/26/2026, 10:45 PM');
    assert.equal(momentText(TIME, 'zh-CN', 'UTC'), '2026/11/26 21:45');
  });

  it('is read as it is written', () => {
    for (const tag of ['en-GB', 'en-US', 'en-CA', 'zh-CN', 'zh-TW', 'zh-HK'])
      for (const zone of [BERLIN, 'UTC', 'Asia/Shanghai', 'America/New_York'])
        for (const time of [TIME, new Date('2026-01-02T00:05:00Z'), new Date('2026-01-02T12:30:00Z')]) {
          const text = momentText(time, tag, zone);
          assert.equal(readMoment(text, tag, zone)?.toISOString(), time.toISOString(), `${tag} ${zone} ${text}`);
        }
  });

  it('is read by a day alone, with two digits for the year, and as machines write it', () => {
    assert.equal(readMoment('26.11.26', 'en-GB', 'UTC', '09:00')?.toISOString(), '2026-11-26T09:00:00.000Z');
    assert.equal(readMoment('2026-11-26T10:00', 'en-US', BERLIN)?.toISOString(), '2026-11-26T09:00:00.000Z');
    assert.equal(readMoment('11/26/2026 1:05 pm', 'en-US', 'UTC')?.toISOString(), '2026-11-26T13:05:00.000Z');
    assert.equal(readMoment('2026/11/26 下午1:05', 'zh-TW', 'UTC')?.toISOString(), '2026-11-26T13:05:00.000Z');
  });

  it('is nothing when it is on no calendar, or not written out', () => {
    for (const text of [
      '',
      'tomorrow',
      '26/11',
      '31/04/2026, 10:00',
      '26/11/2026, 25:00',
      '26/11/2026, 22',
      '26/11/202',
    ])
      assert.equal(readMoment(text, 'en-GB', BERLIN), null, text);
  });

  it('is the hour after one that the clocks leave out', () => {
    const left = { year: 2026, month: 3, day: 29, hour: 2, minute: 30 };
    assert.deepEqual(wallOf(instantOf(left, BERLIN), BERLIN), { ...left, hour: 3 });
  });
});
