/** Answers that wait for a person: one is open, with the conversation that it belongs to beside it. */
import { Grid, Paper, Stack, Text } from '@mantine/core';
import IconChecklist from '@tabler/icons-react/dist/esm/icons/IconChecklist.mjs';
import { EmptyState, Loaded, Time, useLiveRefresh, useRows, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useSubjects } from '../costs/subjects.ts';
import { ConversationPanel } from './conversation-panel.tsx';
import { DraftPanel } from './draft-panel.tsx';
import { companionOf, REPLIES, REPLY_TOPICS } from './replies-data.ts';

export function WaitingDrafts() {
  const { t } = useTranslation('ai-replies');
  const [address, setAddress] = useUrlState();
  const subjects = useSubjects();
  const drafts = useRows(REPLIES, { query: { state: 'draft' } });
  useLiveRefresh(REPLY_TOPICS, () => drafts.refetch());
  return (
    <Loaded of={drafts}>
      {(rows) => {
        const open = rows.find(({ id }) => id === address.draft) ?? rows[0];
        if (!open)
          return <EmptyState icon={<IconChecklist size={24} />} title={t('drafts.none')} text={t('drafts.noneText')} />;
        return (
          <Grid>
            <Grid.Col span={{ base: 12, md: 3 }}>
              <Stack component="nav" gap="xs" aria-label={t('drafts.waiting')}>
                <Text size="sm" c="dimmed">
                  {t('drafts.count', { count: rows.length })}
                </Text>
                {rows.map(({ id, question, robot_id, created_at, ...reply }) => (
                  <Paper
                    key={id}
                    component="button"
                    type="button"
                    ta="start"
                    withBorder
                    radius="md"
                    p="sm"
                    aria-current={id === open.id}
                    bg={id === open.id ? 'var(--mantine-primary-color-light)' : undefined}
                    onClick={() => setAddress({ draft: id })}
                  >
                    <Text size="sm" fw={600} truncate>
                      {companionOf(reply) || '–'}
                    </Text>
                    <Text size="sm" lineClamp={2}>
                      {question || '–'}
                    </Text>
                    <Text size="xs" c="dimmed" component="div">
                      {subjects.nameOf('robot', robot_id)} · <Time at={created_at} style="ago" />
                    </Text>
                  </Paper>
                ))}
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <DraftPanel key={open.id} draft={open} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 4 }}>
              <ConversationPanel reply={open} />
            </Grid.Col>
          </Grid>
        );
      }}
    </Loaded>
  );
}
