/** What waits for the decision of whoever is signed in. */
import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import {
  api,
  EmptyState,
  Loaded,
  notifyDone,
  Page,
  Time,
  useCanSendMail,
  useLiveRefresh,
  useMay,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useRefresh } from '../parts/changes.ts';
import { Decision } from '../parts/decision.tsx';
import { listOf } from '../parts/list-answer.ts';
import { EXECUTIONS_LIVE } from '../parts/live-topics.ts';

const LIST = '/api/platform/approvals/waiting';

export default function Approvals() {
  const { t } = useTranslation('workflows');
  const refresh = useRefresh();
  const canSend = useCanSendMail();
  // Who sees no executions hears nothing of them.
  const hears = useMay()('workflows.executions');
  const query = useInfiniteQuery({
    queryKey: ['get', LIST],
    initialPageParam: '',
    async queryFn({ pageParam, signal }) {
      const { data } = await api.GET(LIST, { params: { query: pageParam ? { cursor: pageParam } : {} }, signal });
      const page = listOf(data);
      if (!page) throw new Error('The server gave no list');
      return page;
    },
    getNextPageParam: (page) => page.next_cursor,
  });
  useLiveRefresh(hears ? EXECUTIONS_LIVE : [], () => query.refetch());
  return (
    <Page title={t('approvals.title')} intro={t('approvals.intro')}>
      <Loaded of={query}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return (
              <EmptyState
                title={t('approvals.empty')}
                text={t(canSend ? 'approvals.emptyText' : 'approvals.emptyNoMail')}
              />
            );
          return (
            <Stack component="ul" p={0} m={0} maw={720}>
              {items.map((item) => (
                <Paper key={item.id} component="li" withBorder p="md" style={{ listStyle: 'none' }}>
                  <Title order={2} size="h4">
                    {item.title}
                  </Title>
                  <Text size="xs" c="dimmed" mb="sm" component="div">
                    {t('approvals.asked')} <Time at={item.asked_at} style="ago" />
                  </Text>
                  <Decision
                    asked={item}
                    token={item.token}
                    onDecided={({ decided }) => {
                      notifyDone(t(decided ? 'approvals.approved' : 'approvals.declined'));
                      void refresh();
                    }}
                  />
                </Paper>
              ))}
              {query.hasNextPage && (
                <Button variant="default" onClick={() => void query.fetchNextPage()}>
                  {t('approvals.more')}
                </Button>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}
