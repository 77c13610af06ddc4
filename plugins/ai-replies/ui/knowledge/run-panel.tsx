/** The last run of a test set: its figures beside those of the run before, and what was found for each question. */
import { Alert, Badge, Button, Group, Loader, Paper, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import {
  $api,
  type AnswerOf,
  EmptyState,
  Loaded,
  notifyFailed,
  Panel,
  Time,
  useFormats,
  useLiveRefresh,
  useRows,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useReadAgain } from '../parts/ai-data.ts';
import { RUN, RUNS, type TestRun } from './knowledge-data.ts';

type ComparedRun = AnswerOf<typeof RUN>;
type Result = ComparedRun['results'][number];
const FIGURES = ['hit_rate', 'mrr', 'words_rate'] as const;
/** What looks like a change, and is none. */
const SAME = 0.0005;

export function RunPanel({ set }: { set: string }) {
  const { t } = useTranslation('ai-replies');
  const runs = useRows(RUNS, { at: { id: set }, limit: 20 });
  const readAgain = useReadAgain(RUNS, RUN);
  const begin = $api.useMutation('post', RUNS);
  useLiveRefresh([`ai.test.finished/${set}`], () => readAgain());
  const isRunning = runs.data?.[0]?.state === 'waiting';
  const start = async () => {
    await begin.mutateAsync({ params: { path: { id: set } } }).catch(notifyFailed);
    await readAgain();
  };
  return (
    <Panel
      title={t('runs.title')}
      actions={
        <Button size="xs" loading={begin.isPending} disabled={isRunning} onClick={() => void start()}>
          {t('runs.start')}
        </Button>
      }
    >
      <Loaded of={runs} lines={3}>
        {(all) => {
          const done = all.find(({ state }) => state !== 'waiting');
          return (
            <div role="status">
              <Stack>
                {isRunning && (
                  <Group gap="xs">
                    <Loader size="xs" />
                    <Text size="sm">{t('runs.running')}</Text>
                  </Group>
                )}
                {done && <LastRun set={set} run={done} />}
                {!done && !isRunning && <EmptyState title={t('runs.none')} text={t('runs.noneText')} />}
              </Stack>
            </div>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function LastRun({ set, run }: { set: string; run: TestRun }) {
  const { t } = useTranslation('ai-replies');
  const compared = $api.useQuery('get', RUN, { params: { path: { id: set, run_id: run.id } } });
  return (
    <Loaded of={compared} lines={3}>
      {({ state, reason, figures, before, results, finished_at }) => (
        <Stack>
          <Text size="sm" c="dimmed" component="div">
            <Time at={finished_at} />
          </Text>
          {state === 'failed' && (
            <Alert color="red" title={t('runs.failed')}>
              <span lang="en">{reason}</span>
            </Alert>
          )}
          {figures && <Figures of={figures} before={before?.figures ?? null} />}
          <Results of={results} />
        </Stack>
      )}
    </Loaded>
  );
}

type FiguresOfRun = NonNullable<ComparedRun['figures']>;

function Figures({ of, before }: { of: FiguresOfRun; before: FiguresOfRun | null }) {
  const { t } = useTranslation('ai-replies');
  const { percent } = useFormats();
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" component="dl" m={0}>
      {FIGURES.map((name) => {
        const value = of[name];
        const earlier = before === null ? null : before[name];
        return (
          <Paper key={name} withBorder radius="md" px="sm" py="xs">
            <Text component="dt" size="xs" c="dimmed">
              {t(`runs.${name}`)}
            </Text>
            <Group component="dd" m={0} gap="xs">
              <Text span size="lg" fw={600}>
                {value === null ? '–' : percent(value)}
              </Text>
              {value !== null && earlier !== null && <Change by={value - earlier} />}
            </Group>
          </Paper>
        );
      })}
    </SimpleGrid>
  );
}

function Change({ by }: { by: number }) {
  const { t } = useTranslation('ai-replies');
  const { percent } = useFormats();
  const isSame = Math.abs(by) < SAME;
  const text = isSame ? t('runs.same') : t(by > 0 ? 'runs.better' : 'runs.worse', { by: percent(Math.abs(by)) });
  return (
    <Badge variant="light" color={isSame ? 'gray' : by > 0 ? 'teal' : 'red'} tt="none" radius="sm">
      {text}
    </Badge>
  );
}

function Results({ of }: { of: readonly Result[] }) {
  const { t } = useTranslation('ai-replies');
  return (
    <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-label={t('runs.results')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('drafts.question')}</Table.Th>
            <Table.Th>{t('runs.rank')}</Table.Th>
            <Table.Th>{t('runs.words')}</Table.Th>
            <Table.Th>{t('runs.first')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {of.map(({ question_id, question, rank, rank_before, has_words, found }) => (
            <Table.Tr key={question_id}>
              <Table.Td>{question}</Table.Td>
              <Table.Td>
                <Group gap="xs" wrap="nowrap">
                  <Badge variant="light" color={rank === null ? 'red' : 'teal'} tt="none" radius="sm">
                    {rank === null ? t('runs.missed') : t('runs.rankOf', { rank })}
                  </Badge>
                  {rank_before !== undefined && rank_before !== rank && (
                    <Text span size="xs" c="dimmed">
                      {t('runs.before', {
                        text: rank_before === null ? t('runs.missed') : t('runs.rankOf', { rank: rank_before }),
                      })}
                    </Text>
                  )}
                </Group>
              </Table.Td>
              <Table.Td>{has_words === null ? '–' : t(has_words ? 'runs.has' : 'runs.hasNot')}</Table.Td>
              <Table.Td>
                <Text size="sm" lineClamp={2}>
                  {found[0] ? `${found[0].document}: ${found[0].text}` : '–'}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
