/** Messages and commands day by day, of one robot or of all, with those who write most. */
import { Button, Paper, SegmentedControl, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import IconChartBar from '@tabler/icons-react/dist/esm/icons/IconChartBar.mjs';
import { $api, Chart, Count, EmptyState, Link, Loaded, Panel, useFormats, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const STATISTICS = '/api/platform/robots/statistics';
const SPANS = ['7', '30', '90'];
const USUAL_SPAN = '30';
const DAY_MS = 24 * 3600_000;

/** All of the viewer's robots without one. */
export function FiguresPanel({ robot }: { robot?: string }) {
  const { t } = useTranslation('robots');
  const [address, setAddress] = useUrlState();
  const span = SPANS.includes(address.days ?? '') ? (address.days ?? USUAL_SPAN) : USUAL_SPAN;
  const from = new Date(Date.now() - (Number(span) - 1) * DAY_MS).toISOString().slice(0, 10);
  const statistics = $api.useQuery('get', STATISTICS, { params: { query: { from, ...(robot && { robot }) } } });
  return (
    <Panel
      title={t('figures.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('figures.span')}
          data={SPANS.map((days) => ({ value: days, label: t('figures.last', { count: Number(days) }) }))}
          value={span}
          onChange={(days) => setAddress({ days: days === USUAL_SPAN ? null : days })}
        />
      }
    >
      <Loaded of={statistics} lines={5}>
        {({ totals, days, top_contacts, top_groups }) =>
          isNothing(totals) ? (
            <Nothing isOfAll={robot === undefined} />
          ) : (
            <Stack>
              <Totals of={totals} />
              <Chart
                title={t('figures.title')}
                kind="bars"
                times={days.map(({ day }) => Date.parse(`${day}T00:00:00Z`))}
                series={(['messages', 'succeeded', 'failed'] as const).map((name) => ({
                  name: t(`figures.${name}`),
                  values: days.map((day) => day[name]),
                }))}
              />
              <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'start' }}>
                <Top title={t('figures.contacts')} of={top_contacts} />
                <Top title={t('figures.groups')} of={top_groups} />
              </SimpleGrid>
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}

function isNothing({ messages, succeeded, failed, expired, answers, ai_calls }: Sums): boolean {
  return messages + succeeded + failed + expired + answers + ai_calls === 0;
}

/** What brings the first figures. */
function Nothing({ isOfAll }: { isOfAll: boolean }) {
  const { t } = useTranslation('robots');
  return (
    <EmptyState
      icon={<IconChartBar size={24} />}
      title={t('figures.none')}
      text={t(isOfAll ? 'figures.noneOfAll' : 'figures.noneText')}
      action={
        isOfAll && (
          <Button component={Link} to="/assistants" variant="default">
            {t('inbox.toRobots')}
          </Button>
        )
      }
    />
  );
}

interface Sums {
  messages: number;
  succeeded: number;
  failed: number;
  expired: number;
  answers: number;
  ai_calls: number;
  average_response_seconds: number;
  success_rate: number;
}

function Totals({ of }: { of: Sums }) {
  const { t } = useTranslation('robots');
  const { number } = useFormats();
  // Of nothing there is no share and no time: 0 % would say that all of it failed.
  const isAnything = of.succeeded + of.failed + of.expired > 0;
  const figures = [
    [t('figures.messages'), number(of.messages)],
    [t('figures.succeeded'), number(of.succeeded)],
    [t('figures.failed'), number(of.failed + of.expired)],
    [t('figures.rate'), isAnything ? `${number(of.success_rate)} %` : '–'],
    [t('figures.response'), of.answers > 0 ? t('figures.seconds', { text: number(of.average_response_seconds) }) : '–'],
    [t('figures.aiCalls'), number(of.ai_calls)],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm" component="dl" m={0}>
      {figures.map(([name, value]) => (
        <Paper key={name} withBorder radius="md" px="sm" py="xs">
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" m={0} size="lg" fw={600}>
            {value}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function Top({ title, of }: { title: string; of: readonly { name: string; messages: number }[] }) {
  const { t } = useTranslation('robots');
  if (of.length === 0) return null;
  return (
    <Table aria-label={title}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{title}</Table.Th>
          <Table.Th ta="end">{t('list.messages')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {of.map(({ name, messages }) => (
          <Table.Tr key={name}>
            <Table.Td>{name}</Table.Td>
            <Table.Td ta="end">
              <Count value={messages} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
