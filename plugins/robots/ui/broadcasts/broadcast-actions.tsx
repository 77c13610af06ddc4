/** What is done with a broadcast: its draft changed and started, then paused, gone on with, ended, sent again to the failed. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, Confirm, later, notifyDone, notifyFailed, useRouter } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AudienceSize } from './audience-size.tsx';
import { BROADCAST, BROADCASTS, type Broadcast } from './broadcasts-data.ts';

const BroadcastForm = later(() => import('./broadcast-form.tsx').then(({ BroadcastForm }) => BroadcastForm));
const ENDED = ['draft', 'finished', 'cancelled'];

export function BroadcastActions({ broadcast }: { broadcast: Broadcast }) {
  const { id, name, state, failed, unknown } = broadcast;
  const { t } = useTranslation('robots');
  const { go } = useRouter();
  const client = useQueryClient();
  const [asked, setAsked] = useState<'change' | 'start' | 'cancel' | 'delete' | 'retryUnknown' | null>(null);
  const take = async (step: 'start' | 'pause' | 'resume' | 'cancel' | 'retry') => {
    const { data } = await api.POST(`${BROADCAST}/${step}`, { params: { path: { id } } });
    await taken(step, data);
  };
  const retryUnknown = async () => {
    const { data } = await api.POST(`${BROADCAST}/retry`, { params: { path: { id }, query: { unknown: true } } });
    await taken('retry', data);
  };
  const taken = async (step: 'start' | 'pause' | 'resume' | 'cancel' | 'retry', data: Broadcast | undefined) => {
    if (data) client.setQueryData(['get', BROADCAST, { params: { path: { id } } }], data);
    await client.invalidateQueries({ queryKey: ['get', BROADCASTS] });
    notifyDone(t(`broadcasts.did.${step}`));
  };
  const remove = async () => {
    await api.DELETE(BROADCAST, { params: { path: { id } } });
    go('/inbox/broadcasts');
    await client.invalidateQueries({ queryKey: ['get', BROADCASTS] });
  };
  const now = (step: 'pause' | 'resume' | 'retry') => void take(step).catch(notifyFailed);
  const close = () => setAsked(null);
  return (
    <>
      {state === 'draft' && (
        <>
          <Button onClick={() => setAsked('start')}>{t('broadcasts.start')}</Button>
          <Button variant="default" onClick={() => setAsked('change')}>
            {t('contacts.change')}
          </Button>
        </>
      )}
      {state === 'running' && <Button onClick={() => now('pause')}>{t('broadcasts.pause')}</Button>}
      {state === 'paused' && <Button onClick={() => now('resume')}>{t('broadcasts.resume')}</Button>}
      {state === 'finished' && failed > 0 && (
        <Button variant="default" onClick={() => now('retry')}>
          {t('broadcasts.retry')}
        </Button>
      )}
      {state === 'finished' && unknown > 0 && (
        <Button variant="default" onClick={() => setAsked('retryUnknown')}>
          {t('broadcasts.retryUnknown')}
        </Button>
      )}
      {(state === 'running' || state === 'paused') && (
        <Button variant="default" onClick={() => setAsked('cancel')}>
          {t('broadcasts.cancel')}
        </Button>
      )}
      {ENDED.includes(state) && (
        <Button variant="default" onClick={() => setAsked('delete')}>
          {t('broadcasts.delete')}
        </Button>
      )}
      {asked === 'change' && <BroadcastForm broadcast={broadcast} onClose={close} />}
      {asked !== null && asked !== 'change' && (
        <Confirm
          title={t(`broadcasts.${asked}`)}
          name={asked === 'delete' && state !== 'draft' ? name : null}
          action={t(`broadcasts.${asked}`)}
          isOpen
          onClose={close}
          onConfirm={() => (asked === 'delete' ? remove() : asked === 'retryUnknown' ? retryUnknown() : take(asked))}
        >
          {t(`broadcasts.ask.${asked}`)}
          {asked === 'start' && <AudienceSize {...broadcast} />}
        </Confirm>
      )}
    </>
  );
}
