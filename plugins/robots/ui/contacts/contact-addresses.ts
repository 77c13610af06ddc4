/** The e-mail addresses that a contact is known by: whatever looks like one among its fields, and its name. */
const ADDRESS = /^[^\s@,]{1,64}@[^\s@,]+\.[^\s@,]+$/u;
/** As many as the server looks for at once. */
const MOST = 5;

export function addressesOf({ name, fields }: { name: string; fields: Readonly<Record<string, unknown>> }): string[] {
  const written = [...Object.values(fields), name].filter((value) => typeof value === 'string');
  const addresses = written.map((value) => value.trim().toLowerCase()).filter((value) => ADDRESS.test(value));
  return [...new Set(addresses)].slice(0, MOST);
}
