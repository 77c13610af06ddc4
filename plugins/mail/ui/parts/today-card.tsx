/** Of the dashboard: how much mail has come today, and the newest of it. */
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type AnswerOf, Link, Loaded, Sentence, send, Time, useFormats, useLiveRefresh } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const LIST = '/api/platform/mail/messages';
const NEWEST = 4;

export default function TodayCard() {
  const { t } = useTranslation('mail');
  const { number } = useFormats();
  const client = useQueryClient();
  const [since] = useState(() => new Date(new Date().setHours(0, 0, 0, 0)).toISOString());
  const query = useMails({ received_at_from: since }, NEWEST);
  const unread = useMails({ unread: 'true' }, 1);
  useLiveRefresh(['mail.received'], () => client.invalidateQueries({ queryKey: ['get', LIST] }));
  const text = ({ value = 0, relation = 'exact' }: { value?: number; relation?: string } = {}) =>
    `${number(value)}${relation === 'exact' ? '' : '+'}`;
  return (
    <Loaded of={query} lines={3}>
      {({ items, total }) => (
        <Stack gap="xs">
          <Group gap="xl" align="baseline">
            <div>
              <Text size="sm" c="dimmed" component="span">
                <Sentence
                  text={t('today.received')}
                  parts={{
                    count: (
                      <Text size="xl" fw={700} c="var(--mantine-color-text)" component="span">
                        {text(total)}
                      </Text>
                    ),
                  }}
                />
              </Text>
            </div>
            <Anchor component={Link} to="/mail?unread=true" size="sm">
              {t('today.unread', { text: text(unread.data?.total) })}
            </Anchor>
          </Group>
          {items.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('today.nothing')}
            </Text>
          )}
          {items.map(({ id, from, subject, received_at }) => (
            <Group key={id} gap="xs" wrap="nowrap" justify="space-between">
              <Anchor component={Link} to={`/mail?message=${id}`} size="sm" truncate>
                {subject || from}
              </Anchor>
              <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                <Time at={received_at} style="ago" />
              </Text>
            </Group>
          ))}
        </Stack>
      )}
    </Loaded>
  );
}

/** The first of some mails, and how many there are. */
function useMails(filters: Readonly<Record<string, string>>, limit: number) {
  return useQuery({
    queryKey: ['get', LIST, 'total', filters],
    async queryFn({ signal }): Promise<AnswerOf<typeof LIST>> {
      const answer = await send(`${LIST}?${new URLSearchParams({ ...filters, limit: String(limit) })}`, { signal });
      return answer.json();
    },
  });
}
