/**
 * An own property: the value under a name that came from outside; undefined for names that the object does not hold itself, such as
 * `constructor` and `__proto__`, which every object answers to.
 */
export function getOwn<V>(object: Readonly<Record<string, V>> | null | undefined, name: string): V | undefined {
  return object && Object.hasOwn(object, name) ? object[name] : undefined;
}
