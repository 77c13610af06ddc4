/** First steps: something that licences are for. */
import type { FirstStep } from '#core/plugin.ts';
import { LICENCES_MANAGE } from '../access.ts';
import type { ProductsScope } from './services.ts';

export const PRODUCT_STEP: FirstStep = {
  id: 'licensing.product',
  title: { en: 'A product to sell licences for', zh: '创建要销售的产品' },
  text: {
    en: 'With it you issue licences, and your program checks them.',
    zh: '有了产品即可签发许可证，并由您的程序验证。',
  },
  path: '/sales/products',
  order: 85,
  access: { ...LICENCES_MANAGE, tenant: true },
  async state({ tenantId }, { db }: ProductsScope) {
    return (await db
      .read('licensing_products')
      .where({ tenant_id: tenantId ?? '' })
      .first('id'))
      ? 'done'
      : 'open';
  },
};
