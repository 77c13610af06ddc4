/**
 * Values from the environment. What they mean is known only with the schema: where it says string, a text is taken as it
 * is (a password may look like YAML), everywhere else it is read as YAML.
 */
import type { TSchema } from 'typebox';
import { parseDocument } from 'yaml';
import { ConfigError } from '../errors.ts';
import { isTree, type Tree } from './tree.ts';

/** One value out of an environment variable, whose type waits for its schema. */
export class EnvironmentText {
  readonly variable: string;
  readonly text: string;

  constructor(variable: string, text: string) {
    this.variable = variable;
    this.text = text;
  }

  /** Read as YAML; throws a ConfigError that names the variable, and not its value. */
  asYaml(): unknown {
    const document = parseDocument(this.text, { logLevel: 'silent' });
    const problem = document.errors[0];
    if (problem) throw new ConfigError(`environment: ${this.variable} is not valid YAML (${problem.code})`);
    try {
      return document.toJS() ?? null;
    } catch (error) {
      throw new ConfigError(`environment: ${this.variable} is not valid YAML`, { cause: error });
    }
  }
}

/** Variables that are not single keys of the configuration. */
const OWN_VARIABLES = new Set(['PATCHBAY_CONFIG', 'PATCHBAY_SECRET', 'PATCHBAY_SKIP_INSTALL', 'PATCHBAY_MOVE_TO']);
/** What Kubernetes and Docker links put into each container for a service whose name begins with `patchbay`. */
const SERVICE_LINK =
  /^PATCHBAY_([A-Z0-9]+_)*(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const SERVICE_PORT = /^PATCHBAY_([A-Z0-9]+_)*PORT$/;
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//;

/** `PATCHBAY_PLUGINS__AUTH__ROOT_TOKEN`: `__` goes down a level; case, `_` and `-` do not matter. */
export function environmentLayer(env: NodeJS.ProcessEnv, known: Tree): Tree {
  const values: Tree = {};
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('PATCHBAY_') || OWN_VARIABLES.has(name) || text === undefined) continue;
    if (/^PATCHBAY_(TEST|BENCH)_/.test(name) || isServiceLink(name, text)) continue;
    setPath(values, name.slice('PATCHBAY_'.length).split('__'), givenValue(name, text), known);
  }
  return values;
}

/** The value with every text of the environment typed by the schema of its place. */
export function typed(value: unknown, schema: TSchema | undefined): unknown {
  if (value instanceof EnvironmentText) return typedText(value, schema);
  if (Array.isArray(value)) return value.map((item) => typed(item, itemsOf(schema)));
  if (!isTree(value)) return value;
  const variable = written.get(value);
  if (variable && wants(schema, 'string') && !wants(schema, 'object')) return typedText(variable, schema);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typed(item, schemaOf(schema, key))]));
}

/** Objects that stood in one variable, with that variable: should the schema say string there, the text counts. */
const written = new WeakMap<Tree, EnvironmentText>();

/** An object in one variable (`PATCHBAY_DATABASE='{client: pg}'`) is merged key by key, so it has to be known here. */
function givenValue(name: string, text: string): unknown {
  const variable = new EnvironmentText(name, text);
  if (!text.trimStart().startsWith('{')) return variable;
  const document = parseDocument(text, { logLevel: 'silent' });
  const value: unknown = document.errors.length > 0 ? null : document.toJS();
  if (!isTree(value)) return variable;
  written.set(value, variable);
  return value;
}

function typedText(value: EnvironmentText, schema: TSchema | undefined): unknown {
  if (!wants(schema, 'string')) return value.asYaml();
  // An empty variable is how compose files and unit files say "not set".
  return value.text === '' && wants(schema, 'null') ? null : value.text;
}

function wants(schema: TSchema | undefined, type: string): boolean {
  return branchesOf(schema).some((branch) => {
    if (branch.type === type) return true;
    const values = Array.isArray(branch.enum) ? branch.enum : 'const' in branch ? [branch.const] : [];
    return values.some((one) => (one === null ? 'null' : typeof one) === type);
  });
}

function itemsOf(schema: TSchema | undefined): TSchema | undefined {
  return branchesOf(schema).find((branch) => isTree(branch.items))?.items as TSchema | undefined;
}

function schemaOf(schema: TSchema | undefined, key: string): TSchema | undefined {
  for (const branch of branchesOf(schema)) {
    if (isTree(branch.properties) && isTree(branch.properties[key])) return branch.properties[key] as TSchema;
    const patterns = isTree(branch.patternProperties) ? Object.entries(branch.patternProperties) : [];
    const found = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(key));
    if (found) return found[1] as TSchema;
    if (isTree(branch.additionalProperties)) return branch.additionalProperties as TSchema;
  }
  return undefined;
}

/** The schema itself, or what a union is made of. */
function branchesOf(schema: TSchema | undefined): Tree[] {
  if (!schema) return [];
  const tree: Tree = { ...schema };
  return Array.isArray(tree.anyOf) ? tree.anyOf.flatMap((branch: TSchema) => branchesOf(branch)) : [tree];
}

function isServiceLink(name: string, text: string): boolean {
  return SERVICE_LINK.test(name) || (SERVICE_PORT.test(name) && SERVICE_ADDRESS.test(text));
}

function setPath(target: Tree, path: string[], value: unknown, known: Tree | undefined): void {
  const [first = '', ...rest] = path;
  const key = Object.keys(known ?? {}).find((candidate) => plain(candidate) === plain(first)) ?? camelCase(first);
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const below = target[key];
  const next: Tree = isTree(below) ? below : {};
  target[key] = next;
  const knownBelow = known?.[key];
  setPath(next, rest, value, isTree(knownBelow) ? knownBelow : undefined);
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[_-]/g, '');
}

function camelCase(key: string): string {
  return key.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
