/** Licences for the palette by the beginning of their id or of an address, or a whole code; and products by name and code. */
import { type FoundRecord, holdsWords, readRows, wordsAsked } from 'patchbay-platform/ui';
import { PRODUCTS } from './choices.ts';

const SHOWN = 4;
/** Products are few: the newest of these are looked through. */
const MOST_PRODUCTS = 50;

const LICENCES = '/api/platform/licensing/licences';
const IS_ID = /^LIC-?/i;
/** A code has letters and digits alone, in any grouping. */
const IS_CODE = /^[a-z0-9][a-z0-9\s-]{7,}$/i;

export async function findLicences(
  text: string,
  signal: AbortSignal,
  may: (entry: string) => boolean,
): Promise<readonly FoundRecord[]> {
  const [licences, products] = await Promise.all([
    may('licensing.licences') ? licencesBegun(text, signal) : [],
    may('licensing.products') ? productsNamed(text, signal) : [],
  ]);
  return [...licences, ...products];
}

async function licencesBegun(text: string, signal: AbortSignal): Promise<FoundRecord[]> {
  const wishes: Record<string, string>[] = [
    { email: text.toLowerCase() },
    ...(IS_ID.test(text) ? [{ license_id: text.toUpperCase() }] : []),
    ...(IS_CODE.test(text) ? [{ search: text }] : []),
  ];
  const answers = await Promise.all(wishes.map((query) => readRows(LICENCES, { query, limit: SHOWN }, signal)));
  const found = new Map(answers.flat().map((licence) => [licence.license_id, licence]));
  return [...found.values()].map(({ license_id, email, plan, status }) => ({
    title: email,
    description: `${license_id} · ${plan} · ${status}`,
    path: `/sales/licences/${license_id}`,
  }));
}

async function productsNamed(text: string, signal: AbortSignal): Promise<FoundRecord[]> {
  const words = wordsAsked(text);
  const products = await readRows(PRODUCTS, { limit: MOST_PRODUCTS }, signal);
  return products
    .filter(({ code, name }) => holdsWords(`${name} ${code}`, words))
    .slice(0, SHOWN)
    .map(({ code, name }) => ({
      title: name,
      description: code,
      path: `/sales/products?search=${encodeURIComponent(code)}`,
    }));
}
