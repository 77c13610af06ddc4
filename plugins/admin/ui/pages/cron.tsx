/** Scheduled work: how it ended last, when it runs next, every run of it, and a run now. */
import { Accordion, Code, Group, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import {
  $api,
  type AnswerOf,
  DataTable,
  EmptyState,
  holdsWords,
  Loaded,
  Page,
  Panel,
  State,
  Time,
  useFormats,
  wordsAsked,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCronWords } from '../parts/cron-words.ts';
import { RunNow } from '../parts/run-now.tsx';

const RUNS = '/api/platform/cron/runs';

type Work = AnswerOf<'/api/platform/cron'>['items'];

export default function Cron() {
  const { t } = useTranslation('admin');
  const work = $api.useQuery('get', '/api/platform/cron');
  return (
    <Page title={t('cron.title')} intro={t('cron.intro')}>
      <Loaded of={work} lines={8}>
        {({ items }) => (
          <>
            <Scheduled items={items} />
            <Runs items={items} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** By plugin, folded: those are open in which something failed last, or is found. */
function Scheduled({ items }: { items: Work }) {
  const { t } = useTranslation('admin');
  const [text, setText] = useState('');
  const words = wordsAsked(text);
  const groups = groupsOf(items.filter(({ name, summary }) => holdsWords(`${summary} ${name}`, words)));
  const [open, setOpen] = useState(() => groups.filter(hasFailed).map(({ plugin }) => plugin));
  return (
    <Stack gap="sm">
      <TextInput
        type="search"
        aria-label={t('cron.search')}
        placeholder={t('cron.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maw={420}
      />
      {groups.length === 0 && <EmptyState title={t('cron.noneFound')} />}
      <Accordion
        multiple
        variant="contained"
        value={words.length > 0 ? groups.map(({ plugin }) => plugin) : open}
        onChange={setOpen}
      >
        {groups.map((group) => (
          <Accordion.Item key={group.plugin} value={group.plugin}>
            <Accordion.Control>
              <Group gap="sm">
                <Text fw={500}>{group.plugin === 'core' ? t('cron.core') : group.plugin}</Text>
                <Text size="sm" c="dimmed">
                  {group.items.length}
                </Text>
                {hasFailed(group) && <State value="failed" text={t('cron.statuses.failed')} />}
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              <WorkTable {...group} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Stack>
  );
}

interface PluginWork {
  plugin: string;
  items: Work;
}

function groupsOf(items: Work): PluginWork[] {
  const byPlugin = Map.groupBy(items, ({ name }) => name.split('.')[0] ?? name);
  return [...byPlugin].map(([plugin, work]) => ({ plugin, items: work }));
}

function hasFailed({ items }: PluginWork): boolean {
  return items.some(({ last }) => last?.status === 'failed');
}

/** What it does is its title; the name is for who reads the log, too. */
function WorkTable({ plugin, items }: PluginWork) {
  const { t } = useTranslation('admin');
  const inWords = useCronWords();
  return (
    <Table verticalSpacing="xs" aria-label={plugin}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('cron.name')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('cron.schedule')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('cron.last')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('cron.next')}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{t('cron.run')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map(({ name, summary, schedule, next_at, last }) => (
          <Table.Tr key={name}>
            <Table.Td>
              <Text size="sm" fw={500}>
                {summary}
              </Text>
              <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {name}
              </Text>
              <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
                {inWords(schedule) ?? schedule} · <Time at={next_at} style="ago" />
                {last && <LastRun {...last} />}
              </Text>
            </Table.Td>
            <Table.Td visibleFrom="sm">
              <Text size="sm">{inWords(schedule)}</Text>
              <Code>{schedule}</Code>
            </Table.Td>
            <Table.Td visibleFrom="sm">{last ? <LastRun {...last} /> : '–'}</Table.Td>
            <Table.Td visibleFrom="sm" style={NO_WRAP}>
              <Time at={next_at} style="ago" />
            </Table.Td>
            <Table.Td align="right" style={NO_WRAP}>
              <RunNow name={name} title={summary} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function LastRun({ status, started_at, error }: NonNullable<Work[number]['last']>) {
  const { t } = useTranslation('admin');
  return (
    <Group gap={6} title={error ?? undefined}>
      <State value={status} text={t(`cron.statuses.${status}`)} />
      <Text size="xs" c="dimmed" component="span">
        <Time at={started_at} style="ago" />
      </Text>
    </Group>
  );
}

const NO_WRAP = { whiteSpace: 'nowrap' } as const;

function Runs({ items }: { items: Work }) {
  const { t } = useTranslation('admin');
  const { duration } = useFormats();
  const titles = new Map(items.map(({ name, summary }) => [name, summary]));
  return (
    <Panel title={t('cron.runs')}>
      <DataTable
        list={RUNS}
        label={t('cron.runs')}
        rowKey={({ id }) => String(id)}
        filters={[
          {
            name: 'status',
            title: t('cron.status'),
            choices: [
              { value: 'failed', label: t('cron.statuses.failed') },
              { value: 'running', label: t('cron.statuses.running') },
              { value: 'done', label: t('cron.statuses.done') },
            ],
          },
          {
            name: 'job',
            title: t('cron.name'),
            choices: items.map(({ name, summary }) => ({ value: name, label: summary })),
          },
        ]}
        columns={[
          {
            id: 'job',
            title: t('cron.name'),
            width: 3,
            cell: ({ job }) => (
              <>
                <span title={titles.get(job)}>{titles.get(job) ?? job}</span>
                {titles.has(job) && (
                  <Text size="xs" c="dimmed">
                    {job}
                  </Text>
                )}
              </>
            ),
          },
          {
            id: 'status',
            title: t('cron.status'),
            onPhone: true,
            cell: ({ status }) => <State value={status} text={t(`cron.statuses.${status}`)} />,
          },
          {
            id: 'started',
            title: t('cron.started'),
            width: 1.2,
            sort: 'started_at',
            onPhone: true,
            cell: ({ started_at }) => <Time at={started_at} style="ago" />,
          },
          {
            id: 'took',
            title: t('cron.took'),
            align: 'end',
            cell: ({ started_at, finished_at }) => (finished_at === null ? '–' : duration(finished_at - started_at)),
          },
          { id: 'error', title: t('cron.error'), width: 2, cell: ({ error }) => error ?? '–' },
        ]}
        empty={<EmptyState title={t('cron.empty')} text={t('cron.emptyText')} />}
      />
    </Panel>
  );
}
