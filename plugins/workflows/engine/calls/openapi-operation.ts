/** What a call needs of an OpenAPI document, JSON or YAML. Reading one may take long: see `foreign-document.ts`. */
import { parse } from 'yaml';
import { getOwn } from '#core/thread-kit.ts';
import { isTooDeep } from '../../language/yaml-depth.ts';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie' | 'body' | 'formData';
  required: boolean;
}
interface Server {
  url?: string;
  variables?: Record<string, { default: string }>;
}
/** What a call needs of a document. */
export interface Operation {
  path: string;
  method: string;
  /** Each place and name once. */
  parameters: Parameter[];
  hasBody: boolean;
  /** The first of the operation, else of the document; it may be relative. */
  server: string;
  /** Swagger 2. */
  host: string | null;
  basePath: string;
  scheme: string | null;
}

interface GivenParameter extends Partial<Parameter> {
  $ref?: string;
}
interface GivenOperation {
  operationId?: string;
  parameters?: GivenParameter[];
  requestBody?: object;
  servers?: Server[];
}
interface Document {
  servers?: Server[];
  host?: string;
  basePath?: string;
  schemes?: string[];
  paths?: Record<string, Record<string, GivenOperation | GivenParameter[] | undefined>>;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const LONGEST_YAML = 2 * 1024 * 1024;
const LONGEST_OPERATION = 256 * 1024;
/** The operation; null when there is none of that name. Throws for what is no document, too deep, or too much to read. */
export function operationIn(text: string, operationId: string): Operation | null {
  const read = documentIn(text);
  const document = (typeof read === 'object' && read !== null ? read : {}) as Document;
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item?.[method];
      if (!operation || Array.isArray(operation) || operation.operationId !== operationId) continue;
      const found = described(document, path, method, operation, item.parameters);
      if (JSON.stringify(found).length > LONGEST_OPERATION)
        throw new Error(`The operation has more than ${LONGEST_OPERATION} characters`);
      return found;
    }
  }
  return null;
}

function documentIn(text: string): unknown {
  if (isTooDeep(text)) throw new Error('It is nested too deeply');
  try {
    return JSON.parse(text);
  } catch {
    if (text.length > LONGEST_YAML) throw new Error(`YAML of more than ${LONGEST_YAML} characters is not read`);
  }
  return parse(text, { maxAliasCount: 100, uniqueKeys: false });
}

function described(
  document: Document,
  path: string,
  method: string,
  operation: GivenOperation,
  common: unknown,
): Operation {
  const shared: GivenParameter[] = Array.isArray(common) ? common : [];
  const parameters = new Map<string, Parameter>();
  // Those of the operation stand for those of its path.
  for (const given of [...shared, ...(operation.parameters ?? [])]) {
    const { name, in: place, required } = resolved(document, given);
    if (typeof name !== 'string' || typeof place !== 'string') continue;
    parameters.set(`${place} ${name}`, { name, in: place, required: required === true });
  }
  const { host, basePath, schemes } = document;
  return {
    path,
    method,
    parameters: [...parameters.values()],
    hasBody: Boolean(operation.requestBody),
    server: addressOf(operation.servers?.[0] ?? document.servers?.[0]),
    host: host ? String(host) : null,
    basePath: String(basePath ?? ''),
    scheme: schemes?.[0] ?? null,
  };
}

/** With the defaults of its variables. */
function addressOf({ url = '/', variables }: Server = {}): string {
  return String(url).replace(/\{(\w+)\}/g, (whole, name: string) => getOwn(variables, name)?.default ?? whole);
}

function resolved(document: Document, parameter: GivenParameter): GivenParameter {
  if (!parameter.$ref?.startsWith('#/')) return parameter;
  let found: unknown = document;
  for (const step of parameter.$ref.slice(2).split('/')) {
    found = (found as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return (found ?? parameter) as GivenParameter;
}
