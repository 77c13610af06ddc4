/** Clock and dates as the region of the viewer writes them. */
import assert from 'node:assert/strict';
import { cronInChinese } from '#plugins/admin/ui/parts/cron-chinese.ts';
import { spacedUnits } from '#plugins/admin/web/i18n/chinese-spaces.ts';
import { regionalTag } from '#plugins/admin/web/i18n/regional-tag.ts';

describe('formats of the pages', () => {
  it('are those of the viewer’s region where it speaks the language of the page', () => {
    assert.equal(regionalTag('en', ['de-DE', 'en-GB', 'en-US']), 'en-GB');
    assert.equal(regionalTag('zh-Hans', ['zh-TW', 'zh-SG']), 'zh-SG', 'Taiwan writes another script');
    assert.equal(regionalTag('en', ['zh-CN']), 'en');
  });

  it('have spaces in Chinese, as the texts have', () => {
    const ago = (count: number, unit: Intl.RelativeTimeFormatUnit) =>
      spacedUnits(new Intl.RelativeTimeFormat('zh-Hans', { numeric: 'auto' }).format(count, unit));
    assert.deepEqual(
      [ago(-31, 'second'), ago(-12, 'minute'), ago(2, 'month'), ago(-1, 'day')],
      ['31 秒前', '12 分钟前', '2 个月后', '昨天'],
    );
  });

  it('say schedules in Chinese as people do', () => {
    const words = {
      '在整点后的第 17 分钟': '每小时第 17 分',
      '在04:47': '每天 04:47',
      '在05:13, 仅星期日': '每周日 05:13',
      '在09:00, 仅星期一 和 星期三': '每周一和周三 09:00',
      '在07:00, 星期一至星期五': '周一至周五 07:00',
      '在03:15, 限每月 1 号': '每月 1 日 03:15',
      '整点, 每隔 2 小时': '每 2 小时',
      '每隔 10 分钟': '每 10 分钟',
      每小时: '每小时',
    };
    assert.deepEqual(Object.keys(words).map(cronInChinese), Object.values(words));
  });
});
