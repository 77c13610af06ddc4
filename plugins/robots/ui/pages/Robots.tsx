/** Robots: which there are and whether they are there now; making one. */
import { Anchor, Button, Pagination, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconRobot from '@tabler/icons-react/dist/esm/icons/IconRobot.mjs';
import { Count, EmptyState, Id, Link, Loaded, later, Page, Time, useUrlState } from 'patchbay/ui';
import { useTranslation } from 'react-i18next';
import { nameOfDevice } from '../parts/device.ts';
import { RobotState } from '../parts/robot-state.tsx';
import { type RobotList, useRobots } from '../parts/robots-data.ts';

const NewRobot = later(() => import('../parts/new-robot.tsx').then(({ NewRobot }) => NewRobot));

const PAGE_ROWS = 20;
const STATES = ['online', 'offline', 'deleted'] as const;

export default function Robots() {
  const { t } = useTranslation('robots');
  const [address, setAddress] = useUrlState();
  const status = STATES.find((one) => one === address.status);
  const page = pageOf(address.page);
  const robots = useRobots({ page, pageSize: PAGE_ROWS, ...(status && { status }) });
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('list.new')}
    </Button>
  );
  return (
    <Page title={t('list.title')} intro={t('list.intro')} actions={make}>
      <SegmentedControl
        w="fit-content"
        maw="100%"
        aria-label={t('list.status')}
        value={status ?? 'all'}
        onChange={(value) => setAddress({ status: value === 'all' ? null : value, page: null })}
        data={[
          { value: 'all', label: t('list.all') },
          ...STATES.map((value) => ({ value, label: t(`status.${value}`) })),
        ]}
      />
      <Loaded of={robots}>
        {({ data: { total, list } }) =>
          list.length === 0 ? (
            <EmptyState
              icon={<IconRobot size={24} />}
              title={t(status ? 'list.noneSuch' : 'list.none')}
              text={status ? undefined : t('list.noneText')}
              action={status ? undefined : make}
            />
          ) : (
            <Stack>
              <Rows list={list} />
              {total > PAGE_ROWS && (
                <Pagination
                  total={Math.ceil(total / PAGE_ROWS)}
                  value={page}
                  onChange={(next) => setAddress({ page: next === 1 ? null : String(next) }, { replace: false })}
                  getControlProps={(control) => ({ 'aria-label': t(`list.${control}`) })}
                />
              )}
            </Stack>
          )
        }
      </Loaded>
      {address.new === '1' && <NewRobot onClose={() => setAddress({ new: null })} />}
    </Page>
  );
}

function Rows({ list }: { list: RobotList['data']['list'] }) {
  const { t } = useTranslation('robots');
  return (
    <Table highlightOnHover verticalSpacing="sm" aria-label={t('list.title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('list.name')}</Table.Th>
          <Table.Th>{t('list.status')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('list.device')}</Table.Th>
          <Table.Th visibleFrom="md">{t('list.answers')}</Table.Th>
          <Table.Th ta="end">{t('list.messages')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('list.seen')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {list.map(({ robotId, name, status, deviceInfo, aiMode, totalMessages, lastActiveAt }) => (
          <Table.Tr key={robotId}>
            <Table.Td>
              {status === 'deleted' ? (
                <Text size="sm">{name}</Text>
              ) : (
                <Anchor component={Link} to={`/robots/${robotId}`} size="sm" fw={500}>
                  {name}
                </Anchor>
              )}
              <Text size="xs" c="dimmed" visibleFrom="md" component="div">
                <Id value={robotId} />
              </Text>
            </Table.Td>
            <Table.Td>
              <RobotState status={status} />
            </Table.Td>
            <Table.Td visibleFrom="sm">{nameOfDevice(deviceInfo) ?? t('list.noDevice')}</Table.Td>
            <Table.Td visibleFrom="md">{t(`aiMode.${aiMode}`, { defaultValue: aiMode })}</Table.Td>
            <Table.Td ta="end">
              <Count value={totalMessages} />
            </Table.Td>
            <Table.Td visibleFrom="sm">
              <Time at={lastActiveAt} style="ago" />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function pageOf(text: string | undefined): number {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 1;
}
