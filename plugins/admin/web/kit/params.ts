/** What stands in an address in place of `$id`. */
import { useParams } from '@tanstack/react-router';

/** Throws for a name that the page's path does not have. */
export function useParam(name: string): string {
  const params = useParams({ strict: false }) as Readonly<Record<string, string | undefined>>;
  const value = params[name];
  if (value === undefined) throw new Error(`The path of this page has no $${name}`);
  return value;
}
