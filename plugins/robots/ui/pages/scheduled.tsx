/** Messages that robots send later, once or again and again. */
import { Button } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  api,
  DataTable,
  EmptyState,
  later,
  Mono,
  notifyDone,
  notifyFailed,
  Page,
  State,
  Time,
  useUrlState,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { SCHEDULED } from '../broadcasts/scheduled-data.ts';

const NewScheduled = later(() => import('../broadcasts/new-scheduled.tsx').then(({ NewScheduled }) => NewScheduled));

const STATES = ['active', 'done', 'missed', 'cancelled'] as const;
/** By the words that have a colour. */
const WORDS = { active: 'scheduled', done: 'done', missed: 'expired', cancelled: 'revoked' } as const;

export default function Scheduled() {
  const { t } = useTranslation('robots');
  const client = useQueryClient();
  const [address, setAddress] = useUrlState();
  const cancel = async (id: string) => {
    await api.POST(`${SCHEDULED}/{id}/cancel`, { params: { path: { id } } });
    await client.invalidateQueries({ queryKey: ['get', SCHEDULED] });
    notifyDone(t('scheduled.cancelled'));
  };
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('scheduled.new')}
    </Button>
  );
  return (
    <Page title={t('scheduled.title')} intro={t('scheduled.intro')} actions={make}>
      <DataTable
        list={SCHEDULED}
        label={t('scheduled.title')}
        rowKey={({ id }) => id}
        live={['robot.command.finished']}
        filters={[
          {
            name: 'state',
            title: t('list.status'),
            choices: STATES.map((value) => ({ value, label: t(`scheduled.is.${value}`) })),
          },
        ]}
        columns={[
          { id: 'text', title: t('test.text'), width: 2, cell: ({ content }) => content },
          { id: 'to', title: t('test.to'), width: 1.2, cell: ({ names }) => names.join(', ') },
          {
            id: 'state',
            title: t('list.status'),
            onPhone: true,
            width: 0.8,
            cell: ({ state }) => <State value={WORDS[state]} text={t(`scheduled.is.${state}`)} />,
          },
          {
            id: 'next',
            title: t('scheduled.next'),
            onPhone: true,
            width: 1.4,
            cell: ({ next_at }) => <Time at={next_at} />,
          },
          { id: 'cron', title: t('scheduled.cron'), isExtra: true, cell: ({ cron }) => cron && <Mono>{cron}</Mono> },
          { id: 'last', title: t('scheduled.last'), isExtra: true, cell: ({ last_at }) => <Time at={last_at} /> },
          {
            id: 'why',
            title: t('broadcasts.reason'),
            isExtra: true,
            cell: ({ last_reason }) => last_reason && t(`broadcasts.why.${last_reason}`, { defaultValue: last_reason }),
          },
          {
            id: 'do',
            title: t('codes.do'),
            align: 'end',
            onPhone: true,
            width: 0.9,
            cell: ({ id, state }) =>
              state === 'active' && (
                <Button size="compact-sm" variant="default" onClick={() => cancel(id).catch(notifyFailed)}>
                  {t('scheduled.cancel')}
                </Button>
              ),
          },
        ]}
        empty={<EmptyState title={t('scheduled.none')} text={t('scheduled.noneText')} action={make} />}
      />
      {address.new === '1' && <NewScheduled onClose={() => setAddress({ new: null })} />}
    </Page>
  );
}
