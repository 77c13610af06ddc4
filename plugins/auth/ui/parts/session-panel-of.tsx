/** Where somebody is signed in whom one may change, and signing them out there. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, Confirm, DataTable, EmptyState, notifyDone, notifyFailed, Panel } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSessionColumns } from './session-columns.tsx';

const LIST = '/api/platform/auth/users/{id}/sessions';

export function SessionPanelOf({ user }: { user: { id: string; name: string } }) {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const [isEnding, setEnding] = useState(false);
  const { id, name } = user;
  const readAgain = () => queries.invalidateQueries({ queryKey: ['get', LIST.replace('{id}', id)] });
  const endOne = (session: string) =>
    api
      .DELETE('/api/platform/auth/users/{id}/sessions/{session}', { params: { path: { id, session } } })
      .then(() => notifyDone(t('session.endedOf', { name })), notifyFailed)
      .finally(readAgain);
  const endAll = async () => {
    await api.DELETE(LIST, { params: { path: { id } } });
    notifyDone(t('session.allEndedOf', { name }));
    await readAgain();
  };
  const columns = useSessionColumns((session) => void endOne(session));
  return (
    <Panel
      title={t('session.titleOf')}
      actions={
        <Button size="xs" variant="default" onClick={() => setEnding(true)}>
          {t('session.endAll')}
        </Button>
      }
    >
      <DataTable
        list={LIST}
        at={{ id }}
        label={t('session.titleOf')}
        rowKey={(session) => session.id}
        defaultSort="-last_used_at"
        columns={columns}
        empty={<EmptyState title={t('session.noneOf')} />}
      />
      <Confirm
        title={t('session.endAllOf', { name })}
        name={null}
        action={t('session.endAll')}
        isOpen={isEnding}
        onClose={() => setEnding(false)}
        onConfirm={endAll}
      >
        {t('session.endAllOfText')}
      </Confirm>
    </Panel>
  );
}
