/** Where one is signed in, and ending it there. */
import { Badge, Button, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, Confirm, DataTable, EmptyState, Panel, Time, tellDone, tellFailed, tellSignedOut } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deviceOf } from './names.ts';

const LIST = '/api/platform/auth/sessions';

export function SessionPanel() {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const [isLeaving, setLeaving] = useState(false);
  const readAgain = () => queries.invalidateQueries({ queryKey: ['get', LIST] });
  const end = (id: string) => api.DELETE('/api/platform/auth/sessions/{id}', { params: { path: { id } } });
  const endOne = (id: string) =>
    end(id)
      .then(() => tellDone(t('session.ended')), tellFailed)
      .finally(readAgain);
  const endOthers = () =>
    api
      .POST('/api/platform/auth/sessions/revoke-others')
      .then(() => tellDone(t('session.othersEnded')), tellFailed)
      .finally(readAgain);
  const endAll = async () => {
    await api.DELETE(LIST);
    tellSignedOut();
    location.assign('/sign-in');
  };
  return (
    <Panel
      title={t('session.title')}
      actions={
        <>
          <Button size="xs" variant="default" onClick={() => void endOthers()}>
            {t('session.endOthers')}
          </Button>
          <Button size="xs" variant="default" onClick={() => setLeaving(true)}>
            {t('session.endAll')}
          </Button>
        </>
      }
    >
      <DataTable
        list={LIST}
        label={t('session.title')}
        rowKey={({ id }) => id}
        defaultSort="-last_used_at"
        columns={[
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
                  onClick={() => void endOne(session.id)}
                >
                  {t('session.end')}
                </Button>
              ),
          },
        ]}
        empty={<EmptyState title={t('session.none')} />}
      />
      <Confirm
        title={t('session.endAll')}
        name={null}
        action={t('session.endAll')}
        isOpen={isLeaving}
        onClose={() => setLeaving(false)}
        onConfirm={endAll}
      >
        {t('session.endAllText')}
      </Confirm>
    </Panel>
  );
}
