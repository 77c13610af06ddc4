/** Finds a tenant by a part of its name. */
import { Loader, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useRows } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const WRITING_MS = 250;
const SHOWN = 20;

export interface NamedTenant {
  id: string;
  name: string;
}

interface TenantPickerProps {
  label: string;
  /** Stays in the field; null where picking leads elsewhere. */
  picked: NamedTenant | null;
  onPick(tenant: NamedTenant): void;
}

export function TenantPicker({ label, picked, onPick }: TenantPickerProps) {
  const { t } = useTranslation('billing');
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), WRITING_MS);
  const tenants = useRows('/api/platform/auth/tenants', { limit: SHOWN, query: search === '' ? {} : { search } });
  const found: readonly NamedTenant[] = tenants.data ?? [];
  const known = picked && !found.some(({ id }) => id === picked.id) ? [picked, ...found] : found;
  return (
    <Select
      label={label}
      placeholder={t('tenants.pickText')}
      searchable
      searchValue={text}
      onSearchChange={setText}
      // The server has found them already.
      filter={({ options }) => options}
      data={known.map(({ id, name }) => ({ value: id, label: name }))}
      value={picked?.id ?? null}
      onChange={(id) => {
        const tenant = known.find((one) => one.id === id);
        if (tenant) onPick(tenant);
      }}
      allowDeselect={false}
      data-autofocus
      nothingFoundMessage={t('tenants.nobody')}
      rightSection={tenants.isFetching ? <Loader size="xs" /> : undefined}
      maw={420}
    />
  );
}
