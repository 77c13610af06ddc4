/** Products: what licences are for, and the rules that they follow. */
import { definePart } from '#core/plugin.ts';
import { PRODUCT_STEP } from './first-steps.ts';
import { ProductView, productRoutes } from './routes.ts';
import { type ProductsScope, productsServices } from './services.ts';
import { productTables } from './tables.ts';

export const products = definePart<ProductsScope>({
  name: 'products',
  summary: 'What licences are for, and the rules that they follow',
  tables: productTables,
  services: productsServices,
  routes: productRoutes,
  firstSteps: [PRODUCT_STEP],
  schemas: { Product: ProductView },
});
