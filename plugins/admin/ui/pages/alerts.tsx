/** Alerts: what is watched and how it stands, who is told, pauses and tests. */
import { Alert, Anchor, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { Link, Loaded, Page, Panel, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { AlertChannels } from '../parts/alert-channels.tsx';
import { AlertPause } from '../parts/alert-pause.tsx';
import { STATES, useAlerts, type WatchedAlert, wordOf } from '../parts/alerts.ts';

export default function AlertsPage() {
  const { t } = useTranslation('admin');
  const alerts = useAlerts();
  return (
    <Page title={t('alerts.title')} intro={t('alerts.intro')}>
      <Loaded of={alerts} lines={8}>
        {({ items, channels }) => (
          <>
            {channels.every(({ leads_to }) => leads_to.length === 0) && (
              <Alert color="red" title={t('alerts.none')}>
                {t('alerts.noneText')}
              </Alert>
            )}
            <AlertChannels channels={channels} />
            <Watched items={items} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Watched({ items }: { items: readonly WatchedAlert[] }) {
  const { t } = useTranslation('admin');
  return (
    <Panel
      title={t('alerts.watched')}
      actions={
        <AlertPause
          names={items.map(({ name }) => name)}
          title={null}
          isPaused={items.every(({ paused_until }) => paused_until !== null)}
        />
      }
    >
      <Text size="sm" c="dimmed">
        {t('alerts.pauseText')}
      </Text>
      <Table verticalSpacing="xs" aria-label={t('alerts.watched')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('alerts.what')}</Table.Th>
            <Table.Th>{t('alerts.state')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('alerts.told')}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{t('alerts.pause')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((alert) => (
            <Row key={alert.name} alert={alert} />
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

function Row({ alert }: { alert: WatchedAlert }) {
  const { t } = useTranslation('admin');
  const { name, title, path, since, told_at, paused_until } = alert;
  const word = wordOf(alert);
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={path} size="sm">
          {title}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <State value={STATES[word]} text={t(`alerts.states.${word}`)} />
        <Group gap={4}>
          {since !== null && (
            <Text size="xs" c="dimmed">
              {t('alerts.since')} <Time at={since} />
            </Text>
          )}
          {paused_until !== null && (
            <Text size="xs" c="dimmed">
              {t('alerts.until')} <Time at={paused_until} />
            </Text>
          )}
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm">{told_at === null ? t('alerts.never') : <Time at={told_at} style="ago" />}</Table.Td>
      <Table.Td align="right">
        <AlertPause names={[name]} title={title} isPaused={paused_until !== null} />
      </Table.Td>
    </Table.Tr>
  );
}
