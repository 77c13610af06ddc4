/** Clock and dates as the region of the viewer writes them. */
import assert from 'node:assert/strict';
import { regionalTag } from '#plugins/admin/web/i18n/regional-tag.ts';

describe('formats of the pages', () => {
  it('are those of the viewer’s region where it speaks the language of the page', () => {
    assert.equal(regionalTag('en', ['de-DE', 'en-GB', 'en-US']), 'en-GB');
    assert.equal(regionalTag('zh-Hans', ['zh-TW', 'zh-SG']), 'zh-SG', 'Taiwan writes another script');
    assert.equal(regionalTag('en', ['zh-CN']), 'en');
  });
});
