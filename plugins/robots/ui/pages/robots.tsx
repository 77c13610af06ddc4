/** Robots: which there are and whether they are there now; making one. */
import { Button, Group } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconRobot from '@tabler/icons-react/dist/esm/icons/IconRobot.mjs';
import { Count, DataTable, EmptyState, Id, later, Page, State, Time, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { RobotState } from '../parts/robot-state.tsx';
import { ROBOTS, type RobotRow, STATE_TOPICS } from '../parts/robots-data.ts';

const NewRobot = later(() => import('../parts/new-robot.tsx').then(({ NewRobot }) => NewRobot));

const STATES = ['online', 'offline', 'deleted'] as const;

function Named({ robot: { name, named } }: { robot: RobotRow }) {
  const { t } = useTranslation('robots');
  if (named) return name;
  return (
    <Group gap={6} component="span">
      {name}
      <State value="expired" text={t('naming.noName')} />
    </Group>
  );
}

export default function Robots() {
  const { t } = useTranslation('robots');
  const [address, setAddress] = useUrlState();
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('list.new')}
    </Button>
  );
  return (
    <Page title={t('list.title')} intro={t('list.intro')} actions={make}>
      <DataTable
        list={ROBOTS}
        label={t('list.title')}
        search={t('list.search')}
        rowKey={({ id }) => id}
        to={({ id }) => `/assistants/${id}`}
        live={STATE_TOPICS}
        filters={[
          {
            name: 'status',
            title: t('list.status'),
            choices: STATES.map((value) => ({ value, label: t(`status.${value}`) })),
          },
        ]}
        columns={[
          { id: 'name', title: t('list.name'), width: 1.6, cell: (robot) => <Named robot={robot} /> },
          {
            id: 'status',
            title: t('list.status'),
            onPhone: true,
            width: 0.8,
            cell: ({ status }) => <RobotState status={status} />,
          },
          { id: 'id', title: t('robot.id'), width: 2.2, cell: ({ id }) => <Id value={id} /> },
          {
            id: 'messages',
            title: t('list.messages'),
            align: 'end',
            onPhone: true,
            width: 0.8,
            cell: ({ total_messages }) => <Count value={total_messages} />,
          },
          {
            id: 'seen',
            title: t('list.seen'),
            onPhone: true,
            cell: ({ last_active_at }) => <Time at={last_active_at} style="ago" />,
          },
          {
            id: 'device',
            title: t('list.device'),
            isExtra: true,
            cell: ({ device_id }) => device_id ?? t('list.noDevice'),
          },
          {
            id: 'created',
            title: t('robot.created'),
            isExtra: true,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
        ]}
        empty={
          <EmptyState icon={<IconRobot size={24} />} title={t('list.none')} text={t('list.noneText')} action={make} />
        }
      />
      {address.new === '1' && <NewRobot onClose={() => setAddress({ new: null })} />}
    </Page>
  );
}
