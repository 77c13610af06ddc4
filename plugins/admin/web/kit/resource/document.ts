/** What the API's own document says of a resource: what a new one and a change are made of, and what its list can do. */
import { useQuery } from '@tanstack/react-query';
import { send } from '../../client/api.ts';
import { isRecord } from '../../client/api-error.ts';
import { type JsonSchema, plainSchema, propertiesOf } from '../schema-form/schema.ts';

export interface ResourceDocument {
  /** Schema of the body of a new one; null where none can be made. */
  create: JsonSchema | null;
  change: JsonSchema | null;
  canRemove: boolean;
  /** What a row has, in the order of the document. */
  fields: readonly string[];
  sorts: ReadonlySet<string>;
  hasSearch: boolean;
}

/** Of a resource by the path of its list: `/api/platform/robots/quick-replies`. */
export function useResourceDocument(path: string) {
  return useQuery({
    queryKey: ['get', '/openapi.json', path],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const answer = await send(`/openapi.json?path=${encodeURIComponent(path)}`, { signal });
      return documentOf(await answer.json(), path);
    },
  });
}

function documentOf(root: unknown, path: string): ResourceDocument {
  const list = at(root, 'paths', path, 'get');
  const parameters = at(list, 'parameters');
  const query = (Array.isArray(parameters) ? parameters : []).map((one) => plainSchema(one, root));
  const item = plainSchema(at(plainSchema(bodyOf(list, '200'), root), 'properties', 'items', 'items'), root);
  const sort = query.find(({ name }) => name === 'sort')?.schema;
  return {
    create: schemaOf(root, at(root, 'paths', path, 'post')),
    change: schemaOf(root, at(root, 'paths', `${path}/{id}`, 'patch')),
    canRemove: at(root, 'paths', `${path}/{id}`, 'delete') !== undefined,
    fields: Object.keys(propertiesOf(item)),
    sorts: new Set(listOf(at(sort, 'enum')).map(String)),
    hasSearch: query.some(({ name }) => name === 'search'),
  };
}

/** With what its references lead to, so that it stands alone. */
function schemaOf(root: unknown, operation: unknown): JsonSchema | null {
  const schema = at(operation, 'requestBody', 'content', 'application/json', 'schema');
  return schema === undefined ? null : { ...plainSchema(schema, root), components: at(root, 'components') };
}

function bodyOf(operation: unknown, status: string): unknown {
  return at(operation, 'responses', status, 'content', 'application/json', 'schema');
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const step of path) found = isRecord(found) ? found[step] : undefined;
  return found;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
