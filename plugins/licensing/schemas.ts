/** What clients know the schemas of the routes by: their names in the OpenAPI document. */
import type { TSchema } from 'typebox';
import { ProductView } from './product-view.ts';
import { LeaseView } from './routes/customers.ts';
import { ListedLicence } from './routes/licence-list.ts';
import { ExtendedView } from './routes/platform.ts';
import { GeneratedView } from './views.ts';

export const schemas: Readonly<Record<string, TSchema>> = {
  GeneratedLicence: GeneratedView,
  Lease: LeaseView,
  Licence: ExtendedView,
  ListedLicence,
  Product: ProductView,
};
