/** How the services of products are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { LicensingGround } from '../services.ts';
import { createProducts } from './products.ts';

export const productsServices = {
  products: createProducts,
};

export interface ProductsOwn extends ServicesOf<typeof productsServices> {}

/** What this part sees. */
export interface ProductsScope extends LicensingGround, ProductsOwn {}
