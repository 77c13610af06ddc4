/** Finds a tenant by a part of its name. */
import { Loader, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useRows } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const WRITING_MS = 250;
const SHOWN = 20;

export function TenantPicker({ onPick }: { onPick(id: string): void }) {
  const { t } = useTranslation('billing');
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), WRITING_MS);
  const tenants = useRows('/api/platform/auth/tenants', { limit: SHOWN, query: search === '' ? {} : { search } });
  return (
    <Select
      label={t('tenants.pick')}
      placeholder={t('tenants.pickText')}
      searchable
      searchValue={text}
      onSearchChange={setText}
      // The server has found them already.
      filter={({ options }) => options}
      data={(tenants.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={null}
      onChange={(id) => typeof id === 'string' && onPick(id)}
      nothingFoundMessage={t('tenants.nobody')}
      rightSection={tenants.isFetching ? <Loader size="xs" /> : undefined}
      maw={420}
    />
  );
}
