/** Secrets of workflows: their names, and when they were set; their values are never shown. */
import { Button, Group } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { DataTable, EmptyState, Page, Time } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SecretForm } from '../parts/secret-form.tsx';
import { SecretRemoval } from '../parts/secret-removal.tsx';
import { SECRETS, type Secret } from '../parts/secrets-data.ts';

export default function Secrets() {
  const { t } = useTranslation('workflows');
  /** Null: none is written; 'new': a name is asked for too. */
  const [written, setWritten] = useState<Secret | 'new' | null>(null);
  const [removed, setRemoved] = useState<Secret | null>(null);
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setWritten('new')}>
      {t('secrets.add')}
    </Button>
  );
  return (
    <Page title={t('secrets.title')} intro={t('secrets.intro')} actions={add}>
      <DataTable
        list={SECRETS}
        label={t('secrets.title')}
        rowKey={({ name }) => name}
        filters={[{ name: 'name', title: t('workflows.nameBegins'), kind: 'text' }]}
        columns={[
          { id: 'name', title: t('secrets.name'), sort: 'name', width: 2, cell: ({ name }) => name },
          {
            id: 'updated',
            title: t('secrets.updated'),
            sort: 'updated_at',
            onPhone: true,
            cell: (row) => <Time at={row.updated_at} style="ago" />,
          },
          {
            id: 'actions',
            title: t('versions.actions'),
            align: 'end',
            onPhone: true,
            width: 2,
            cell: (row) => (
              <Group gap="xs" justify="flex-end" wrap="nowrap">
                <Button size="compact-sm" variant="default" onClick={() => setWritten(row)}>
                  {t('secrets.replace', { name: row.name })}
                </Button>
                <Button size="compact-sm" variant="subtle" color="red" onClick={() => setRemoved(row)}>
                  {t('secrets.remove', { name: row.name })}
                </Button>
              </Group>
            ),
          },
        ]}
        empty={<EmptyState title={t('secrets.empty')} text={t('secrets.emptyText')} action={add} />}
      />
      {written && (
        <SecretForm key={written === 'new' ? '' : written.name} of={written} onClose={() => setWritten(null)} />
      )}
      {removed && <SecretRemoval secret={removed} onClose={() => setRemoved(null)} />}
    </Page>
  );
}
