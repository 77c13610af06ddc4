/** Broadcasts: one message to many, and how far each is. */
import { Button } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconSend from '@tabler/icons-react/dist/esm/icons/IconSend.mjs';
import { DataTable, EmptyState, later, Page, State, Time, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { BROADCASTS, STATE_WORDS, STATES } from '../broadcasts/broadcasts-data.ts';
import { ProgressBar } from '../broadcasts/progress-bar.tsx';

const BroadcastForm = later(() =>
  import('../broadcasts/broadcast-form.tsx').then(({ BroadcastForm }) => BroadcastForm),
);

export default function Broadcasts() {
  const { t } = useTranslation('robots');
  const [address, setAddress] = useUrlState();
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('broadcasts.new')}
    </Button>
  );
  return (
    <Page title={t('broadcasts.title')} intro={t('broadcasts.intro')} actions={make}>
      <DataTable
        list={BROADCASTS}
        label={t('broadcasts.title')}
        rowKey={({ id }) => id}
        to={({ id }) => `/inbox/broadcasts/${id}`}
        live={['broadcast.changed']}
        filters={[
          {
            name: 'state',
            title: t('list.status'),
            choices: STATES.map((value) => ({ value, label: t(`broadcasts.is.${value}`) })),
          },
        ]}
        columns={[
          { id: 'name', title: t('list.name'), width: 1.6, cell: ({ name }) => name },
          {
            id: 'state',
            title: t('list.status'),
            onPhone: true,
            width: 0.8,
            cell: ({ state }) => <State value={STATE_WORDS[state]} text={t(`broadcasts.is.${state}`)} />,
          },
          {
            id: 'progress',
            title: t('broadcasts.far'),
            onPhone: true,
            width: 2,
            cell: (row) => (row.state === 'draft' ? '–' : <ProgressBar of={row} />),
          },
          {
            id: 'made',
            title: t('robot.created'),
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
        ]}
        empty={
          <EmptyState
            icon={<IconSend size={24} />}
            title={t('broadcasts.none')}
            text={t('broadcasts.noneText')}
            action={make}
          />
        }
      />
      {address.new === '1' && <BroadcastForm broadcast={null} onClose={() => setAddress({ new: null })} />}
    </Page>
  );
}
