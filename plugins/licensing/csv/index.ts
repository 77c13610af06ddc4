/** Licences as CSV (RFC 4180): all of them out, and existing codes in. */
import { definePart } from '#core/plugin.ts';
import { csvRoutes } from './routes.ts';
import { type CsvScope, csvServices } from './services.ts';

export const csv = definePart<CsvScope>({
  name: 'csv',
  summary: 'Licences as CSV, out and in',
  needs: ['products', 'licences'],
  services: csvServices,
  routes: csvRoutes,
});
