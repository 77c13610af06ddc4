/** Where one is signed in, and ending it there. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  announceSignedOut,
  api,
  Confirm,
  DataTable,
  EmptyState,
  notifyDone,
  notifyFailed,
  Panel,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSessionColumns } from './session-columns.tsx';

const LIST = '/api/platform/auth/sessions';

export function SessionPanel() {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const [isLeaving, setLeaving] = useState(false);
  const readAgain = () => queries.invalidateQueries({ queryKey: ['get', LIST] });
  const end = (id: string) => api.DELETE('/api/platform/auth/sessions/{id}', { params: { path: { id } } });
  const endOne = (id: string) =>
    end(id)
      .then(() => notifyDone(t('session.ended')), notifyFailed)
      .finally(readAgain);
  const endOthers = () =>
    api
      .POST('/api/platform/auth/sessions/revoke-others')
      .then(() => notifyDone(t('session.othersEnded')), notifyFailed)
      .finally(readAgain);
  const endAll = async () => {
    await api.DELETE(LIST);
    announceSignedOut();
  };
  const columns = useSessionColumns((id) => void endOne(id));
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
        columns={columns}
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
