/** Prices of the public lists, which are suggested where a model is set up. */
import assert from 'node:assert/strict';
import { listPriceOf, PRICES_OF, withListPrice } from '#plugins/ai-replies/ui/models/list-prices.ts';

const OPENAI = 'https://api.openai.com/v1';
const DEEPSEEK = 'https://api.deepseek.com/v1';

describe('list prices', () => {
  it('are those of a day, of the offerer alone, and of all days of a model', () => {
    assert.match(PRICES_OF, /^\d{4}-\d{2}-\d{2}$/);
    const price = { input: 0.4, output: 1.6, currency: 'USD' };
    assert.deepEqual(listPriceOf(OPENAI, 'gpt-4.1-mini', 'USD'), price);
    assert.deepEqual(listPriceOf(OPENAI, ' gpt-4.1-mini-2025-04-14', 'CNY'), price);
    assert.equal(listPriceOf('https://proxy.example/v1', 'gpt-4.1-mini', 'USD'), null);
    assert.equal(listPriceOf('https://api.openai.com.evil.example/v1', 'gpt-4.1-mini', 'USD'), null);
    assert.equal(listPriceOf(OPENAI, 'constructor', 'USD'), null);
    assert.equal(listPriceOf('no address', 'gpt-4.1-mini', 'USD'), null);
  });

  it('are in the currency of the platform where the list is', () => {
    assert.deepEqual(listPriceOf(DEEPSEEK, 'deepseek-flash', 'CNY'), { input: 2, output: 8, currency: 'CNY' });
    assert.deepEqual(listPriceOf(DEEPSEEK, 'deepseek-flash', 'USD'), { input: 0.3, output: 1.2, currency: 'USD' });
    assert.equal(listPriceOf(DEEPSEEK, 'deepseek-flash', 'EUR')?.currency, 'CNY');
  });

  it('are filled in with the model, and never over what somebody has written', () => {
    const empty = { baseUrl: DEEPSEEK, model: '', input: 0, output: 0 };
    const flash = withListPrice(empty, { ...empty, model: 'deepseek-flash' }, 'CNY');
    assert.deepEqual([flash.input, flash.output], [2, 8]);
    const pro = withListPrice(flash, { ...flash, model: 'deepseek-v4-pro' }, 'CNY');
    assert.deepEqual([pro.input, pro.output], [9, 27]);
    const own = { ...pro, output: 20 };
    assert.deepEqual(withListPrice(own, { ...own, model: 'deepseek-flash' }, 'CNY').output, 20);
    const elsewhere = withListPrice(pro, { ...pro, baseUrl: 'https://proxy.example' }, 'CNY');
    assert.deepEqual([elsewhere.input, elsewhere.output], [0, 0]);
    const dollars = { ...empty, baseUrl: OPENAI };
    const mini = withListPrice(dollars, { ...dollars, model: 'gpt-4.1-mini' }, 'CNY');
    assert.deepEqual([mini.input, mini.output], [0, 0], 'nothing is converted');
  });
});
