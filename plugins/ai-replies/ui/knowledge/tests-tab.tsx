/** Test sets: questions of which one knows where the answer stands, asked again after each change. */
import { Button } from '@mantine/core';
import IconFlask from '@tabler/icons-react/dist/esm/icons/IconFlask.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { DataTable, EmptyState, later, Time, useRouter, useRows, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { BASES, TEST_SETS } from './knowledge-data.ts';

const TestSetForm = later(() => import('./test-set-form.tsx').then(({ TestSetForm }) => TestSetForm));

export function TestsTab() {
  const { t } = useTranslation('ai-replies');
  const { go } = useRouter();
  const [address, setAddress] = useUrlState();
  const { data: bases = [] } = useRows(BASES);
  const names = new Map(bases.map(({ id, name }) => [id, name]));
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('tests.new')}
    </Button>
  );
  return (
    <>
      <DataTable
        list={TEST_SETS}
        label={t('tests.title')}
        rowKey={({ id }) => id}
        to={({ id }) => `/assistants/knowledge/tests/${id}`}
        extra={make}
        columns={[
          { id: 'name', title: t('form.name'), width: 1.6, sort: 'name', cell: ({ name }) => name },
          {
            id: 'bases',
            title: t('bases.title'),
            onPhone: true,
            width: 1.6,
            cell: (set) =>
              set.bases === null ? t('tests.allBases') : set.bases.map((id) => names.get(id) ?? id).join(', ') || '–',
          },
          { id: 'k', title: t('tests.k'), align: 'end', cell: ({ k }) => k },
          {
            id: 'changed',
            title: t('bases.changed'),
            onPhone: true,
            cell: ({ updated_at }) => <Time at={updated_at} style="ago" />,
          },
        ]}
        empty={
          <EmptyState icon={<IconFlask size={24} />} title={t('tests.none')} text={t('tests.noneText')} action={make} />
        }
      />
      {address.new === '1' && (
        <TestSetForm
          set={null}
          onClose={() => setAddress({ new: null })}
          onMade={(id) => go(`/assistants/knowledge/tests/${id}`)}
        />
      )}
    </>
  );
}
