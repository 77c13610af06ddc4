/** Columns of tables of sessions: one's own, and those of somebody whom one may change. */
import { Badge, Button, Group, Text } from '@mantine/core';
import { type Column, type RowOf, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { deviceOf } from './names.ts';

type Session = RowOf<'/api/platform/auth/sessions'>;

/** `onEnd` signs out at one place; it is not offered for the session of who looks. */
export function useSessionColumns(onEnd: (id: string) => void): readonly Column<Session>[] {
  const { t } = useTranslation('auth');
  return [
    {
      id: 'device',
      title: t('session.device'),
      width: 2,
      cell: (session) => (
        <Group gap={6} component="span">
          <Text component="span" size="sm" title={session.user_agent}>
            {deviceOf(session.user_agent)}
          </Text>
          {session.is_current && (
            <Badge size="sm" variant="light" color="teal" tt="none">
              {t('session.current')}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      id: 'method',
      title: t('session.method'),
      cell: ({ method }) => t(`session.by.${method.replaceAll('-', '_')}`, { defaultValue: method }),
    },
    { id: 'ip', title: t('session.ip'), cell: ({ ip }) => ip },
    {
      id: 'used',
      title: t('session.used'),
      sort: 'last_used_at',
      onPhone: true,
      cell: ({ last_used_at }) => <Time at={last_used_at} style="ago" />,
    },
    {
      id: 'created',
      title: t('session.created'),
      isExtra: true,
      cell: ({ created_at }) => <Time at={created_at} />,
    },
    {
      id: 'do',
      title: t('session.do'),
      align: 'end',
      onPhone: true,
      cell: (session) =>
        !session.is_current && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('session.endOf', { device: deviceOf(session.user_agent) })}
            onClick={() => onEnd(session.id)}
          >
            {t('session.end')}
          </Button>
        ),
    },
  ];
}
