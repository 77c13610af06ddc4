/** What functions take, as forms show it: in the language of who asks. */
import { isTree, type Tree } from './config/tree.ts';

/**
 * The schema with its descriptions from `inLanguage`, which gets each by the path of its field, such as `mail.find.since`; what is
 * in a list, and each of several kinds of value, has that of the field.
 */
export function inputInWords<T extends object>(
  schema: T,
  path: string,
  inLanguage: (name: string, english: string) => string,
): T {
  const below = (one: unknown, at = path): unknown => (isTree(one) ? inputInWords(one, at, inLanguage) : one);
  const { description, properties, items, anyOf } = schema as Tree;
  return {
    ...schema,
    ...(typeof description === 'string' && { description: inLanguage(path, description) }),
    ...(isTree(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, one]) => [key, below(one, `${path}.${key}`)]),
      ),
    }),
    ...(isTree(items) && { items: below(items) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map((one: unknown) => below(one)) }),
  };
}
