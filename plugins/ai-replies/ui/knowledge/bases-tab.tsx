/** Knowledge bases: each holds the documents of one subject. */
import { Button, Group } from '@mantine/core';
import IconBook from '@tabler/icons-react/dist/esm/icons/IconBook.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { DataTable, EmptyState, later, Time, useFormats, useRouter, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { BASES } from './knowledge-data.ts';

const TextForm = later(() => import('./text-form.tsx').then(({ TextForm }) => TextForm));
const BaseForm = later(() => import('./base-form.tsx').then(({ BaseForm }) => BaseForm));

export function BasesTab() {
  const { t } = useTranslation('ai-replies');
  const { percent } = useFormats();
  const { go } = useRouter();
  const [address, setAddress] = useUrlState();
  const open = (id: string) => go(`/assistants/knowledge/${id}`);
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('bases.new')}
    </Button>
  );
  return (
    <>
      <DataTable
        list={BASES}
        label={t('bases.title')}
        rowKey={({ id }) => id}
        to={({ id }) => `/assistants/knowledge/${id}`}
        extra={make}
        columns={[
          { id: 'name', title: t('form.name'), width: 2, sort: 'name', cell: ({ name }) => name },
          { id: 'floor', title: t('bases.floor'), onPhone: true, cell: ({ floor }) => percent(floor) },
          {
            id: 'changed',
            title: t('bases.changed'),
            onPhone: true,
            cell: ({ updated_at }) => <Time at={updated_at} style="ago" />,
          },
        ]}
        empty={
          <EmptyState
            icon={<IconBook size={24} />}
            title={t('bases.none')}
            text={t('bases.noneText')}
            action={
              <Group gap="xs" justify="center">
                <Button variant="default" onClick={() => setAddress({ new: 'text' })}>
                  {t('documents.addText')}
                </Button>
                {make}
              </Group>
            }
          />
        }
      />
      {address.new === 'text' && <TextForm base={null} onClose={() => setAddress({ new: null })} onMade={open} />}
      {address.new === '1' && <BaseForm base={null} onClose={() => setAddress({ new: null })} onMade={open} />}
    </>
  );
}
