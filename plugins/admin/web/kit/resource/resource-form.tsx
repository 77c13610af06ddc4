/**
 * The form of a resource, made of the schema that its route has: the same fields, bounds and sentences. A new one is sent
 * whole; of another only what was changed, with the version that was seen.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { send } from '../../client/api.ts';
import { isRecord } from '../../client/api-error.ts';
import { notifyDone } from '../actions.tsx';
import { FormModal } from '../form-modal.tsx';
import { emptyOf, type JsonSchema, plainSchema, propertiesOf, typeOf, variantsOf } from '../schema-form/schema.ts';
import { issuesUnder, SchemaForm } from '../schema-form/schema-form.tsx';
import { findRow } from '../table/first-rows.ts';
import { useVersionedForm } from '../versioned-form.tsx';
import { useResourceDocument } from './document.ts';

/** What every row of a resource has. */
export interface ResourceRow extends Readonly<Record<string, unknown>> {
  id: string | number;
  version: string;
}

/** Texts of a resource by their key: `new`, `fields.<name>` … */
export type ResourceTexts = (key: string, values?: { defaultValue?: string; count?: number; name?: string }) => string;

export interface ResourceFormProps {
  /** Of its list. */
  path: string;
  /** Null: a new one. */
  row: ResourceRow | null;
  texts: ResourceTexts;
  onClose(): void;
}

export function ResourceForm({ path, row, texts, onClose }: ResourceFormProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { data: known } = useResourceDocument(path);
  const given = row === null ? known?.create : known?.change;
  const schema = useMemo(() => (given ? titled(given, texts) : null), [given, texts]);
  const fields = Object.keys(propertiesOf(given ?? {}));
  const [written, setWritten] = useState<unknown>(row);
  const value = written ?? emptyOf(schema, schema);
  const readAgain = () => queries.invalidateQueries({ queryKey: ['get', path] });
  const versioned = useVersionedForm<ResourceRow>(row, {
    read: () =>
      findRow(path as never, {}, (one: ResourceRow) => one.id === row?.id) as Promise<ResourceRow | undefined>,
    refresh: readAgain,
    labels: Object.fromEntries(fields.map((name) => [name, texts(`fields.${name}`)])),
  });
  const save = async () => {
    const body = bodyOf(value, given ?? {}, row !== null);
    if (row === null) await write(path, 'POST', body);
    else await versioned.save(body, (header, changes) => write(`${path}/${row.id}`, 'PATCH', changes, header));
    await readAgain();
    notifyDone(texts('saved', { defaultValue: t('resource.saved') }));
  };
  return (
    <FormModal
      title={row === null ? texts('new') : texts('change', { defaultValue: t('resource.change') })}
      action={t('save')}
      isOpen
      onClose={onClose}
      onSubmit={save}
      versioned={versioned}
      isReady={schema !== null}
    >
      {(error) =>
        schema && <SchemaForm schema={schema} value={value} onChange={setWritten} errors={issuesUnder(error, 'body')} />
      }
    </FormModal>
  );
}

/**
 * The fields of the schema alone: a row has more. Fields leave out what is empty: in a change that is what they say, and of a new
 * one that nothing was said.
 */
function bodyOf(value: unknown, schema: JsonSchema, isChange: boolean): Record<string, unknown> {
  const said = isRecord(value) ? value : {};
  const entries = Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const own = said[name] ?? (isChange ? emptied(property, schema) : undefined);
    return own === undefined ? [] : [[name, own] as const];
  });
  return Object.fromEntries(entries);
}

/** What a field is whose value was taken away; the server says whether it may be. */
function emptied(property: unknown, root: JsonSchema): unknown {
  if (isRecord(property) && variantsOf(property).some(({ type }) => type === 'null')) return null;
  const { default: _usual, minimum: _least, ...schema } = plainSchema(property, root);
  return typeOf(schema) === 'number' || typeOf(schema) === 'integer' ? null : emptyOf(schema, root);
}

/** With the names that people know, in their language. */
function titled(schema: JsonSchema, texts: ResourceTexts): JsonSchema {
  const properties = Object.entries(propertiesOf(schema)).map(([name, property]) => {
    const own = plainSchema(property, schema);
    const about = texts(`about.${name}`, { defaultValue: String(own.description ?? '') });
    return [name, { ...own, title: texts(`fields.${name}`), ...(about !== '' && { description: about }) }];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

function write(path: string, method: string, body: object, headers: object = {}): Promise<Response> {
  return send(path, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
