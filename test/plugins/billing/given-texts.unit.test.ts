/** Plans of a fresh installation, and how it is paid, are in Chinese on the pages, as long as they are what was installed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { BillingConfig } from '#plugins/billing/config.ts';
import { FIRST_PLANS } from '#plugins/billing/plans/first-plans.ts';

const textsIn = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`plugins/billing/ui/locales/${language}.json`, 'utf8')).given;

describe('texts of a fresh installation', () => {
  it('are those that pages have in Chinese', () => {
    const config = Value.Default(BillingConfig, {}) as BillingConfig;
    const installed = FIRST_PLANS.flatMap(({ display_name, description }) => [display_name, description]);
    const english = textsIn('en');
    assert.deepEqual(Object.values(english).sort(), [...installed, config.manual.instructions].sort());
    const source = readFileSync('plugins/billing/ui/parts/given.ts', 'utf8');
    for (const [key, text] of Object.entries(english)) {
      assert.ok(source.includes(text) && source.includes(`'${key}'`), text);
      assert.match(textsIn('zh')[key] ?? '', /\p{Script=Han}/u);
    }
  });
});
