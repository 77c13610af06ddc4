/**
 * The page of a resource, made of the document of its routes: a list that sorts and searches as they say, a form for a new one and
 * for a change, and removing. What is particular is given: how a field is shown, and texts.
 */
import { Button } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { send } from '../../client/api.ts';
import { ApiError } from '../../client/api-error.ts';
import { Page } from '../page.tsx';
import { EmptyState, Loaded } from '../states.tsx';
import { DataTable } from '../table/data-table.tsx';
import type { BulkAction, Column } from '../table/types.ts';
import { useUrlState } from '../url-state.ts';
import { Time } from '../values.tsx';
import { ifVersion } from '../versioned-form.tsx';
import { type ResourceDocument, useResourceDocument } from './document.ts';
import { ResourceForm, type ResourceRow, type ResourceTexts } from './resource-form.tsx';

export interface ResourcePageProps {
  /** Of its list: `/api/platform/hello/suppliers`. */
  path: string;
  /**
   * `title`, `new`, `none` and `fields.<name>` of each field; where they are there, `intro`, `noneText`, `change`, `saved`,
   * `search`, and `about.<name>` instead of what the document says of a field.
   */
  texts: ResourceTexts;
  /** The fields that are columns, in their order; the first opens the form. */
  columns: readonly string[];
  /** How a field is shown, where not as text. */
  cells?: Readonly<Record<string, (row: ResourceRow) => ReactNode>>;
  /** Whether this person may write; default: yes. */
  isEditable?: boolean;
  /** Live topics after which it is read again. */
  live?: readonly string[];
}

export function ResourcePage(props: ResourcePageProps) {
  const document = useResourceDocument(props.path);
  return <Loaded of={document}>{(known) => <Resource {...props} known={known} />}</Loaded>;
}

function Resource({ path, texts, columns, cells = {}, isEditable = true, live = [], known }: Known) {
  const { t } = useTranslation();
  const [address, setAddress] = useUrlState();
  const [edited, setEdited] = useState<ResourceRow | null>(null);
  const mayChange = isEditable && known.change !== null;
  const add = isEditable && known.create !== null && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {texts('new')}
    </Button>
  );
  const shown = (name: string, row: ResourceRow) => cells[name]?.(row) ?? plainCell(name, row[name]);
  const definitions = columns.map(
    (name, place): Column<ResourceRow> => ({
      id: name,
      title: texts(`fields.${name}`),
      onPhone: place < 2,
      ...(known.sorts.has(name) && { sort: name }),
      cell: (row) =>
        place === 0 && mayChange ? (
          <Button variant="transparent" size="compact-sm" px={0} onClick={() => setEdited(row)}>
            {shown(name, row)}
          </Button>
        ) : (
          shown(name, row)
        ),
    }),
  );
  const remove: BulkAction<ResourceRow> = {
    id: 'remove',
    title: t('resource.remove'),
    icon: <IconTrash size={16} aria-hidden />,
    color: 'red',
    question: (count) => t('resource.removeQuestion', { count }),
    run: ({ id, version }) =>
      send(`${path}/${id}`, { method: 'DELETE', headers: ifVersion(version) }).catch(unlessGone),
  };
  return (
    <Page title={texts('title')} intro={texts('intro', { defaultValue: '' })} actions={add || null}>
      <DataTable
        {...({ list: path, columns: definitions, rowKey: ({ id }: ResourceRow) => String(id) } as never as Rows)}
        {...(isEditable && known.canRemove && { bulk: [remove] as never })}
        {...(known.hasSearch && { search: texts('search', { defaultValue: t('resource.search') }) })}
        label={texts('title')}
        live={live}
        empty={
          <EmptyState
            title={texts('none')}
            text={texts('noneText', { defaultValue: t('resource.noneText') })}
            action={add || null}
          />
        }
      />
      {address.new === '1' && (
        <ResourceForm path={path} row={null} texts={texts} onClose={() => setAddress({ new: null })} />
      )}
      {edited && (
        <ResourceForm key={edited.id} path={path} row={edited} texts={texts} onClose={() => setEdited(null)} />
      )}
    </Page>
  );
}

interface Known extends ResourcePageProps {
  known: ResourceDocument;
}

/** The paths of third parties are not among those that our own document knows. */
type Rows = Pick<Parameters<typeof DataTable>[0], 'list' | 'columns' | 'rowKey'>;

/** Somebody else was faster. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}

function plainCell(name: string, value: unknown): ReactNode {
  if (value === null || value === undefined || value === '') return '–';
  if (name.endsWith('_at')) return <Time at={String(value)} style="date" />;
  return Array.isArray(value) ? value.join(', ') : String(value);
}
