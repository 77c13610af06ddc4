/** Through which robot, and whether it is there: without it answers wait. */
import { Anchor, ColorSwatch, Group, Text } from '@mantine/core';
import { Link, Sentence, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { Conversation } from './place.ts';

/** Seen on light and on dark. */
const COLORS = { online: 'teal-6', offline: 'gray-6', deleted: 'red-6' } as const;

export function RobotLine({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation('robots');
  const { robot_id, robot_name, robot_named, robot_status, robot_seen_at: seenAt } = conversation;
  const state = robot_status === 'offline' && seenAt === null ? 'never' : robot_status;
  const text = t(`inbox.robotState.${state}`);
  return (
    <Group gap={6} wrap="wrap" component="span">
      <ColorSwatch
        component="span"
        size={8}
        color={`var(--mantine-color-${COLORS[robot_status]})`}
        withShadow={false}
        aria-hidden
      />
      <Anchor component={Link} to={`/assistants/${robot_id}`} size="xs">
        {robot_name}
      </Anchor>
      <Text size="xs" c="dimmed" component="span">
        <Sentence text={text} parts={{ when: <Since at={seenAt} /> }} />
      </Text>
      {!robot_named && (
        <Anchor component={Link} to={`/assistants/${robot_id}`} size="xs">
          {t('naming.give')}
        </Anchor>
      )}
    </Group>
  );
}

/** Of today the time alone. */
function Since({ at }: { at: string | null }) {
  const { date, dateTime, utc } = useFormats();
  if (at === null) return null;
  const isToday = date(at) === date(Date.now());
  return (
    <time dateTime={at} title={utc(at)}>
      {isToday ? dateTime(at, { timeStyle: 'short' }) : dateTime(at)}
    </time>
  );
}
