/** Licences for the palette: by a whole code or id, or the beginning of an address. */
import { type FoundRecord, readRows } from 'patchbay-platform/ui';

const SHOWN = 5;

export async function findLicences(
  text: string,
  signal: AbortSignal,
  may: (entry: string) => boolean,
): Promise<readonly FoundRecord[]> {
  if (!may('licensing.licences')) return [];
  const list = '/api/platform/licensing/licences';
  const [exact, begun] = await Promise.all([
    readRows(list, { query: { search: text }, limit: SHOWN }, signal),
    readRows(list, { query: { email: text.toLowerCase() }, limit: SHOWN }, signal),
  ]);
  const found = new Map([...exact, ...begun].map((licence) => [licence.license_id, licence]));
  return [...found.values()].map(({ license_id, email, plan, status }) => ({
    title: email,
    description: `${license_id} · ${plan} · ${status}`,
    path: `/sales/licences/${license_id}`,
  }));
}
