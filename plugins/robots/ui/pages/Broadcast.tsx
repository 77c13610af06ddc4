/** One broadcast: started, paused, gone on with, watched, and sent again to those with whom it failed. */
import { Alert, Button, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  Confirm,
  Count,
  DataTable,
  EmptyState,
  Facts,
  Loaded,
  Page,
  Panel,
  State,
  Time,
  tellDone,
  tellFailed,
  useLive,
  useParam,
  useRouter,
} from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BROADCAST, BROADCASTS, type Broadcast, RECIPIENT_STATES, STATE_WORDS } from '../broadcasts/broadcasts-data.ts';
import { ProgressBar } from '../broadcasts/progress-bar.tsx';

const ENDED = ['draft', 'finished', 'cancelled'];

export default function BroadcastPage() {
  const { t } = useTranslation('robots');
  const id = useParam('id');
  const broadcast = $api.useQuery('get', BROADCAST, { params: { path: { id } } });
  useLive([`broadcast.changed/${id}`], () => void broadcast.refetch());
  return (
    <Page
      title={broadcast.data?.name ?? t('broadcasts.one')}
      trail={[{ title: t('broadcasts.title'), to: '/robots/broadcasts' }]}
      actions={broadcast.data && <Actions broadcast={broadcast.data} />}
    >
      <Loaded of={broadcast}>
        {(data) => (
          <>
            <About broadcast={data} />
            {data.state !== 'draft' && <Recipients id={id} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ broadcast: { id, name, state, failed } }: { broadcast: Broadcast }) {
  const { t } = useTranslation('robots');
  const { go } = useRouter();
  const client = useQueryClient();
  const [asked, setAsked] = useState<'start' | 'cancel' | 'delete' | null>(null);
  const take = async (step: 'start' | 'pause' | 'resume' | 'cancel' | 'retry') => {
    const { data } = await api.POST(`${BROADCAST}/${step}`, { params: { path: { id } } });
    if (data) client.setQueryData(['get', BROADCAST, { params: { path: { id } } }], data);
    await client.invalidateQueries({ queryKey: ['get', BROADCASTS] });
    tellDone(t(`broadcasts.did.${step}`));
  };
  const remove = async () => {
    await api.DELETE(BROADCAST, { params: { path: { id } } });
    go('/robots/broadcasts');
    await client.invalidateQueries({ queryKey: ['get', BROADCASTS] });
  };
  const now = (step: 'pause' | 'resume' | 'retry') => void take(step).catch(tellFailed);
  const close = () => setAsked(null);
  return (
    <>
      {state === 'draft' && <Button onClick={() => setAsked('start')}>{t('broadcasts.start')}</Button>}
      {state === 'running' && <Button onClick={() => now('pause')}>{t('broadcasts.pause')}</Button>}
      {state === 'paused' && <Button onClick={() => now('resume')}>{t('broadcasts.resume')}</Button>}
      {state === 'finished' && failed > 0 && (
        <Button variant="default" onClick={() => now('retry')}>
          {t('broadcasts.retry')}
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
      {asked !== null && (
        <Confirm
          title={t(`broadcasts.${asked}`)}
          name={asked === 'delete' && state !== 'draft' ? name : null}
          action={t(`broadcasts.${asked}`)}
          isOpen
          onClose={close}
          onConfirm={() => (asked === 'delete' ? remove() : take(asked))}
        >
          {t(`broadcasts.ask.${asked}`)}
        </Confirm>
      )}
    </>
  );
}

function About({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation('robots');
  const { state, reason, content, audience, per_minute, started_at, ended_at } = broadcast;
  return (
    <Panel title={t('broadcasts.about')}>
      {reason !== '' && <Alert color="yellow">{t(`broadcasts.why.${reason}`, { defaultValue: reason })}</Alert>}
      {state !== 'draft' && <ProgressBar of={broadcast} />}
      <Facts
        of={[
          [t('list.status'), <State key="state" value={STATE_WORDS[state]} text={t(`broadcasts.is.${state}`)} />],
          audience.everybody === true && [t('broadcasts.audience'), t('broadcasts.everybody')],
          (audience.labels ?? []).length > 0 && [t('broadcasts.labels'), audience.labels?.join(', ')],
          (audience.names ?? []).length > 0 && [
            t('broadcasts.names'),
            <Count key="names" value={audience.names?.length} />,
          ],
          [t('broadcasts.pace'), <Count key="pace" value={per_minute} />],
          started_at !== null && [t('broadcasts.started'), <Time key="started" at={started_at} />],
          ended_at !== null && [t('broadcasts.ended'), <Time key="ended" at={ended_at} />],
        ]}
      />
      <Text style={{ whiteSpace: 'pre-wrap' }}>{content}</Text>
    </Panel>
  );
}

function Recipients({ id }: { id: string }) {
  const { t } = useTranslation('robots');
  return (
    <Panel title={t('broadcasts.recipients')}>
      <DataTable
        list={`${BROADCAST}/recipients`}
        at={{ id }}
        label={t('broadcasts.recipients')}
        rowKey={({ name, robot_id }) => `${robot_id} ${name}`}
        live={[`broadcast.changed/${id}`]}
        filters={[
          {
            ...{ name: 'state', title: t('list.status') },
            choices: RECIPIENT_STATES.map((value) => ({ value, label: t(`broadcasts.is.${value}`) })),
          },
        ]}
        columns={[
          { id: 'name', title: t('list.name'), width: 1.5, cell: ({ name }) => name },
          {
            ...{ id: 'state', title: t('list.status'), onPhone: true },
            cell: ({ state }) => <State value={STATE_WORDS[state]} text={t(`broadcasts.is.${state}`)} />,
          },
          {
            ...{ id: 'reason', title: t('broadcasts.reason'), onPhone: true, width: 1.5 },
            cell: ({ reason }) => (reason === '' ? '–' : t(`broadcasts.why.${reason}`, { defaultValue: reason })),
          },
          {
            ...{ id: 'when', title: t('contacts.when') },
            cell: ({ changed_at }) => <Time at={changed_at} style="ago" />,
          },
        ]}
        empty={<EmptyState title={t('broadcasts.nobody')} />}
      />
    </Panel>
  );
}
