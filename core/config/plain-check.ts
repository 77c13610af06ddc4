/**
 * Whether a part of the configuration is surely right, by the keywords of JSON Schema that configurations are made of. Compiling
 * a check with Ajv takes longer than a start has, and tells nothing but "right" for nearly all of them: it is asked when this
 * is not sure, and what is wrong it alone says.
 */
import { isTree, type Tree } from './tree.ts';

/** Whether a value is right by one keyword of its schema. */
type Rule = (wanted: unknown, value: unknown, schema: Tree, fills: boolean) => boolean;

/** What says nothing about a value; defaults are filled in before. */
const NOTES = new Set(['title', 'description', 'default', 'examples', 'deprecated']);

/** What nobody doubts to be an address; of others Ajv knows. */
const PLAIN_EMAIL = /^[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z0-9]+$/i;

const RULES = new Map<string, Rule>([
  ['type', (wanted, value) => [wanted].flat().some((type) => isOfType(type, value))],
  ['enum', (wanted, value) => Array.isArray(wanted) && wanted.includes(value)],
  ['const', (wanted, value) => wanted === value],
  ['anyOf', (wanted, value) => Array.isArray(wanted) && wanted.some((branch) => fits(branch, value, false))],
  ['minimum', number((limit, value) => value >= limit)],
  ['maximum', number((limit, value) => value <= limit)],
  ['exclusiveMinimum', number((limit, value) => value > limit)],
  ['exclusiveMaximum', number((limit, value) => value < limit)],
  ['minLength', text((limit, value) => [...value].length >= Number(limit))],
  ['maxLength', text((limit, value) => [...value].length <= Number(limit))],
  ['pattern', text((pattern, value) => new RegExp(String(pattern), 'u').test(value))],
  ['format', text((format, value) => format === 'email' && PLAIN_EMAIL.test(value))],
  ['minItems', (limit, value) => !Array.isArray(value) || value.length >= Number(limit)],
  ['maxItems', (limit, value) => !Array.isArray(value) || value.length <= Number(limit)],
  ['uniqueItems', (_, value) => !Array.isArray(value) || isDistinct(value)],
  ['minProperties', (limit, value) => !isTree(value) || Object.keys(value).length >= Number(limit)],
  ['maxProperties', (limit, value) => !isTree(value) || Object.keys(value).length <= Number(limit)],
  ['items', (item, value, _, fills) => !Array.isArray(value) || value.every((one) => fits(item, one, fills))],
  ['required', (names, value) => !isTree(value) || [names].flat().every((name) => value[String(name)] !== undefined)],
  ['properties', (_, value, schema, fills) => membersFit(value, schema, 'properties', fills)],
  ['patternProperties', (_, value, schema, fills) => membersFit(value, schema, 'patternProperties', fills)],
  ['additionalProperties', (_, value, schema, fills) => membersFit(value, schema, 'additionalProperties', fills)],
]);

/** Fills in defaults as Ajv does, which is nowhere below `anyOf`. False: wrong, or of a schema that says more than is known here. */
export function isSurelyRight(schema: object, value: unknown): boolean {
  return fits(schema, value, true);
}

function fits(schema: unknown, value: unknown, fills: boolean): boolean {
  if (!isTree(schema) || isOfClass(value)) return false;
  if (fills) fillIn(schema, value);
  return Object.entries(schema).every(
    ([keyword, wanted]) =>
      NOTES.has(keyword) || keyword.startsWith('x-') || RULES.get(keyword)?.(wanted, value, schema, fills) === true,
  );
}

function fillIn({ properties }: Tree, value: unknown): void {
  if (!isTree(value) || !isTree(properties)) return;
  for (const [name, member] of Object.entries(properties)) {
    if (value[name] !== undefined || !isTree(member) || member.default === undefined) continue;
    value[name] = structuredClone(member.default);
  }
}

/** Whether the members of an object that a keyword is about are right by the schemas that it gives them. */
function membersFit(value: unknown, schema: Tree, keyword: string, fills: boolean): boolean {
  if (!isTree(value)) return true;
  const { properties = {}, patternProperties = {}, additionalProperties } = schema;
  if (!isTree(properties) || !isTree(patternProperties)) return false;
  const patterns = Object.entries(patternProperties).map(([source, of]) => ({ pattern: new RegExp(source, 'u'), of }));
  return Object.entries(value).every(([name, member]) => {
    const isNamed = Object.hasOwn(properties, name);
    if (keyword === 'properties') return !isNamed || member === undefined || fits(properties[name], member, fills);
    const matching = patterns.filter(({ pattern }) => pattern.test(name));
    if (keyword === 'patternProperties') return matching.every(({ of }) => fits(of, member, fills));
    if (isNamed || matching.length > 0 || additionalProperties === true) return true;
    return additionalProperties !== false && fits(additionalProperties, member, fills);
  });
}

function isOfType(type: unknown, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'number') return Number.isFinite(value);
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  return type === 'object' ? isTree(value) : typeof value === type;
}

/** Of objects nothing is said: two may hold the same. */
function isDistinct(list: readonly unknown[]): boolean {
  return list.every((one) => typeof one !== 'object') && new Set(list).size === list.length;
}

function isOfClass(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isTree(value);
}

function number(is: (limit: number, value: number) => boolean): Rule {
  return (limit, value) => typeof value !== 'number' || is(Number(limit), value);
}

function text(is: (wanted: unknown, value: string) => boolean): Rule {
  return (wanted, value) => typeof value !== 'string' || is(wanted, value);
}
