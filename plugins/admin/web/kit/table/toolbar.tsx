/** Above the rows: search, filters, columns, views, and the same rows as CSV. */
import { ActionIcon, Button, Group, Menu, Select, Tooltip } from '@mantine/core';
import IconColumns3 from '@tabler/icons-react/dist/esm/icons/IconColumns3.mjs';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import IconFilter from '@tabler/icons-react/dist/esm/icons/IconFilter.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MomentField } from '../moment/moment-field.tsx';
import { SearchField } from '../search-field.tsx';
import { csvAddress, type ListWish } from './list-query.ts';
import { SavedViews } from './saved-views.tsx';
import classes from './table.module.css';
import type { TableUrlState } from './table-state.ts';
import type { DataTableProps, Filter, ListPath } from './types.ts';

interface ToolbarProps<P extends ListPath> {
  props: DataTableProps<P>;
  state: TableUrlState;
  wish: ListWish;
}

export function Toolbar<P extends ListPath>({ props, state, wish }: ToolbarProps<P>) {
  const { filters = [], search, columns, extra } = props;
  const { t } = useTranslation();
  // On a telephone alone; elsewhere they are always there.
  const [areFiltersOpen, setFiltersOpen] = useState(state.isFiltered);
  return (
    <Group gap="xs" mb="sm" role="search" aria-label={props.label}>
      {search && (
        <SearchField
          label={search}
          value={state.values.search ?? ''}
          onChange={(text) => state.set({ search: text || null })}
          isMain
          style={{ flex: '1 1 14rem', maxWidth: '26rem' }}
        />
      )}
      {filters.length > 1 && (
        <Button
          hiddenFrom="sm"
          variant="default"
          leftSection={<IconFilter size={16} aria-hidden />}
          aria-expanded={areFiltersOpen}
          onClick={() => setFiltersOpen(!areFiltersOpen)}
        >
          {t('table.filters')}
        </Button>
      )}
      <div className={classes.filters} data-folded={(filters.length > 1 && !areFiltersOpen) || undefined}>
        {filters.map((filter) => (
          <FilterField key={filter.name} filter={filter} state={state} />
        ))}
      </div>
      {state.isFiltered && (
        <Button
          variant="subtle"
          size="xs"
          leftSection={<IconX size={14} />}
          onClick={() => state.set(Object.fromEntries(Object.keys(state.values).map((name) => [name, null])))}
        >
          {t('table.clear')}
        </Button>
      )}
      {extra}
      <Group gap={4} ml="auto">
        <SavedViews list={props.list} view={state.view} onOpen={state.replace} />
        <Menu closeOnItemClick={false} position="bottom-end">
          <Menu.Target>
            <Tooltip label={t('table.columns')}>
              <ActionIcon variant="default" size="lg" aria-label={t('table.columns')}>
                <IconColumns3 size={18} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            {columns.map(({ id, title }) => (
              <Menu.Item
                key={id}
                role="menuitemcheckbox"
                aria-checked={state.visibility[id] === true}
                onClick={() => state.setVisibility(id, !state.visibility[id])}
                leftSection={<span aria-hidden>{state.visibility[id] ? '✓' : '\u2003'}</span>}
              >
                {title}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Tooltip label={t('table.csv')}>
          <ActionIcon
            component="a"
            href={csvAddress(wish)}
            download
            variant="default"
            size="lg"
            aria-label={t('table.csv')}
          >
            <IconDownload size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </Group>
  );
}

/** Of a field, so that its title and its choices are to be read; ideographs are twice as wide. */
function widthFor(texts: readonly string[]): number {
  const widths = texts.map((text) => [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 15 : 7.5), 0));
  return Math.min(Math.max(150, ...widths.map((width) => width + 60)), 280);
}

function FilterField({ filter, state }: { filter: Filter; state: TableUrlState }) {
  const { name, title } = filter;
  if ('choices' in filter) {
    return (
      <Select
        aria-label={title}
        placeholder={title}
        data={filter.choices.map((choice) => ({ ...choice }))}
        value={state.values[name] ?? null}
        onChange={(value) => state.set({ [name]: value })}
        clearable
        w={widthFor([title, ...filter.choices.map(({ label }) => label)])}
      />
    );
  }
  if (filter.kind === 'text')
    return (
      <SearchField
        style={{ flex: '1 1 9.5rem', maxWidth: '11.25rem' }}
        label={title}
        value={state.values[name] ?? ''}
        onChange={(text) => state.set({ [name]: text || null })}
      />
    );
  return (
    <Group gap={4} role="group" aria-label={title}>
      {(['from', 'to'] as const).map((end) => (
        <Moment key={end} name={`${name}_${end}`} title={title} end={end} state={state} />
      ))}
    </Group>
  );
}

function Moment({
  name,
  title,
  end,
  state,
}: {
  name: string;
  title: string;
  end: 'from' | 'to';
  state: TableUrlState;
}) {
  const { t } = useTranslation();
  const value = state.values[name];
  return (
    <MomentField
      aria-label={`${title}: ${t(`table.${end}`)}`}
      placeholder={`${title}: ${t(`table.${end}`)}`}
      value={value ?? null}
      usualTime={end === 'from' ? '00:00' : '23:59'}
      isCompact
      onChange={(time) => state.set({ [name]: time })}
    />
  );
}
