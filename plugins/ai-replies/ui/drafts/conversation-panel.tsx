/** What was said last in the conversation of an answer, as far as it helps to decide. */
import { Anchor, Paper, Stack, Text } from '@mantine/core';
import { isRecord, Link, Loaded, Panel, Time, useLiveRefresh, useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { Reply } from './replies-data.ts';

const SHOWN = 20;

export function ConversationPanel({ reply: { conversation_id: id, ...reply } }: { reply: Reply }) {
  const { t } = useTranslation('ai-replies');
  const messages = useRows('/api/platform/robots/conversations/{id}/messages', { at: { id }, limit: SHOWN });
  useLiveRefresh(
    ['robot.message', 'ai.reply.generated'],
    () => messages.refetch(),
    ({ data }) => !isRecord(data) || data.conversation_id === undefined || data.conversation_id === id,
  );
  return (
    <Panel
      title={t('tools.conversation')}
      actions={
        <Anchor component={Link} to={`/inbox?conversation=${id}`} size="sm">
          {t('drafts.toInbox')}
        </Anchor>
      }
    >
      <Loaded of={messages} lines={4}>
        {(rows) => (
          <Stack component="ul" p={0} m={0} gap="xs">
            {rows.toReversed().map(({ id: message, author, author_name, text, created_at }) => (
              <Paper
                key={message}
                component="li"
                radius="md"
                p="xs"
                withBorder
                ml={author === 'contact' ? 0 : 'lg'}
                mr={author === 'contact' ? 'lg' : 0}
                style={{ listStyle: 'none' }}
              >
                <Text size="xs" c="dimmed" component="div">
                  {(author === 'contact' ? reply.person : author_name) || t(`author.${author}`)} ·{' '}
                  <Time at={created_at} style="ago" />
                </Text>
                <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                  {text || '–'}
                </Text>
              </Paper>
            ))}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}
