/** What was spent, day by day, and by who has asked. */
import { Anchor, Group, SegmentedControl, Select, Stack, Table, Text } from '@mantine/core';
import {
  $api,
  type AnswerOf,
  Chart,
  Count,
  EmptyState,
  Link,
  Loaded,
  Panel,
  useLiveRefresh,
  useUrlState,
} from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { COSTS } from '../parts/ai-data.ts';
import { Cost, useCostText } from '../parts/cost.tsx';
import { firstDay, spendDays } from './spend-days.ts';
import { GROUPS, useSubjects } from './subjects.ts';

const SPANS = ['7', '30', '90'];
const USUAL_SPAN = '30';
type Spent = AnswerOf<typeof COSTS>;

export function SpendPanel() {
  const { t } = useTranslation('ai-replies');
  const [address, setAddress] = useUrlState();
  const span = SPANS.includes(address.days ?? '') ? (address.days ?? USUAL_SPAN) : USUAL_SPAN;
  const by = GROUPS.find((one) => one === address.by) ?? 'provider';
  const from = firstDay(Number(span), Date.now());
  const days = $api.useQuery('get', COSTS, { params: { query: { by: 'day', from } } });
  const groups = $api.useQuery('get', COSTS, { params: { query: { by, from } } });
  useLiveRefresh(['ai.reply.generated', 'ai.reply.held'], () => Promise.all([days.refetch(), groups.refetch()]));
  return (
    <Panel
      title={t('costs.spent')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('costs.span')}
          data={SPANS.map((value) => ({ value, label: t('costs.last', { count: Number(value) }) }))}
          value={span}
          onChange={(value) => setAddress({ days: value === USUAL_SPAN ? null : value })}
        />
      }
    >
      <Loaded of={days} lines={5}>
        {(data) => (data.items.length === 0 ? <Nothing /> : <Days of={data} span={Number(span)} />)}
      </Loaded>
      {days.data !== undefined && days.data.items.length > 0 && (
        <Stack gap="xs">
          <Group>
            <Select
              size="xs"
              label={t('costs.by')}
              data={GROUPS.map((value) => ({ value, label: t(`group.${value}`) }))}
              value={by}
              onChange={(value) => setAddress({ by: value === 'provider' ? null : value })}
              allowDeselect={false}
            />
          </Group>
          <Loaded of={groups} lines={3}>
            {(data) => <Groups of={data} by={by} />}
          </Loaded>
        </Stack>
      )}
    </Panel>
  );
}

function Nothing() {
  const { t } = useTranslation('ai-replies');
  return <EmptyState title={t('costs.nothing')} text={t('costs.nothingText')} />;
}

function Days({ of: { items, total, currency }, span }: { of: Spent; span: number }) {
  const { t } = useTranslation('ai-replies');
  const text = useCostText(currency);
  const { times, values } = useMemo(() => spendDays(items, span, Date.now()), [items, span]);
  const series = useMemo(() => [{ name: t('costs.cost'), values }], [values, t]);
  if (total === 0) return <EmptyState title={t('costs.free')} text={t('costs.freeText')} />;
  return (
    <>
      <Text size="xl" fw={600}>
        <Cost amount={total} currency={currency} />
      </Text>
      <Chart title={t('costs.spent')} kind="bars" times={times} series={series} format={text} />
    </>
  );
}

function Groups({ of: { items, currency }, by }: { of: Spent; by: (typeof GROUPS)[number] }) {
  const { t } = useTranslation('ai-replies');
  const subjects = useSubjects();
  if (items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('costs.nobody')}
      </Text>
    );
  return (
    <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-label={t('costs.by')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t(`group.${by}`)}</Table.Th>
            <Table.Th ta="end">{t('costs.cost')}</Table.Th>
            <Table.Th ta="end">{t('costs.calls')}</Table.Th>
            <Table.Th ta="end">{t('costs.failures')}</Table.Th>
            <Table.Th ta="end">{t('costs.tokens')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ subject, cost, calls, failures, input_tokens, output_tokens }) => {
            const path = subjects.pathOf(by, subject);
            return (
              <Table.Tr key={subject}>
                <Table.Td>
                  {path === null ? (
                    subjects.nameOf(by, subject)
                  ) : (
                    <Anchor component={Link} to={path} size="sm">
                      {subjects.nameOf(by, subject)}
                    </Anchor>
                  )}
                </Table.Td>
                <Table.Td ta="end">{cost === 0 ? '–' : <Cost amount={cost} currency={currency} />}</Table.Td>
                <Table.Td ta="end">
                  <Count value={calls} />
                </Table.Td>
                <Table.Td ta="end">
                  <Count value={failures} />
                </Table.Td>
                <Table.Td ta="end">
                  <Count value={input_tokens + output_tokens} />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
