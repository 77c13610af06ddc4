/** Robots that are accounts of other networks: whether they are there, what is wrong with them, and making one. */
import { Button, Text } from '@mantine/core';
import IconPlug from '@tabler/icons-react/dist/esm/icons/IconPlug.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { DataTable, EmptyState, later, Mono, Page, State, Time, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useChannelName } from '../channels/channel-name.ts';
import { CHANNEL_ROBOTS } from '../channels/channels-data.ts';
import { RobotState } from '../parts/robot-state.tsx';
import { STATE_TOPICS } from '../parts/robots-data.ts';

const NewChannelRobot = later(() =>
  import('../channels/new-channel-robot.tsx').then(({ NewChannelRobot }) => NewChannelRobot),
);

export default function Channels() {
  const { t } = useTranslation('robots');
  const nameOf = useChannelName();
  const [address, setAddress] = useUrlState();
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('channels.new')}
    </Button>
  );
  return (
    <Page title={t('channels.title')} intro={t('channels.intro')} actions={make}>
      <DataTable
        list={CHANNEL_ROBOTS}
        label={t('channels.title')}
        rowKey={({ id }) => id}
        to={({ id }) => `/assistants/${id}`}
        live={STATE_TOPICS}
        columns={[
          { id: 'name', title: t('list.name'), width: 1.3, cell: ({ name }) => name },
          {
            id: 'channel',
            title: t('channels.network'),
            cell: ({ channel }) => nameOf(channel),
          },
          {
            id: 'state',
            title: t('list.status'),
            onPhone: true,
            width: 0.8,
            cell: ({ status, problem }) =>
              problem === '' ? <RobotState status={status} /> : <State value="failing" text={t('channels.failing')} />,
          },
          {
            id: 'problem',
            title: t('channels.problem'),
            onPhone: true,
            width: 2.2,
            cell: ({ problem }) =>
              problem === '' ? (
                '–'
              ) : (
                <Text size="sm" c="red" lineClamp={3} style={{ whiteSpace: 'normal' }}>
                  {problem}
                </Text>
              ),
          },
          { id: 'account', title: t('channels.account'), cell: ({ account }) => <Mono>{account}</Mono> },
          {
            id: 'by',
            title: t('channels.madeBy'),
            isExtra: true,
            cell: ({ configured }) => (configured === null ? t('channels.byHand') : t('channels.byConfig')),
          },
          {
            id: 'seen',
            title: t('list.seen'),
            isExtra: true,
            cell: ({ last_active_at }) => <Time at={last_active_at} style="ago" />,
          },
        ]}
        empty={
          <EmptyState
            icon={<IconPlug size={24} />}
            title={t('channels.none')}
            text={t('channels.noneText')}
            action={make}
          />
        }
      />
      {address.new === '1' && <NewChannelRobot onClose={() => setAddress({ new: null })} />}
    </Page>
  );
}
