/** One broadcast: changed and started, paused, gone on with, watched, and sent again to those with whom it failed. */
import { Alert, Text } from '@mantine/core';
import {
  $api,
  Count,
  DataTable,
  EmptyState,
  Facts,
  Loaded,
  Page,
  Panel,
  State,
  Time,
  useLiveRefresh,
  useParam,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { audienceFacts } from '../broadcasts/audience-facts.ts';
import { AudienceSize } from '../broadcasts/audience-size.tsx';
import { BroadcastActions } from '../broadcasts/broadcast-actions.tsx';
import { BROADCAST, type Broadcast, RECIPIENT_STATES, STATE_WORDS } from '../broadcasts/broadcasts-data.ts';
import { ProgressBar } from '../broadcasts/progress-bar.tsx';
import { useOutcomeText } from '../parts/outcome.ts';
import { useRobotChoices } from '../parts/robots-data.ts';

export default function BroadcastPage() {
  const { t } = useTranslation('robots');
  const id = useParam('id');
  const broadcast = $api.useQuery('get', BROADCAST, { params: { path: { id } } });
  useLiveRefresh([`broadcast.changed/${id}`], () => broadcast.refetch());
  return (
    <Page
      title={broadcast.data?.name ?? t('broadcasts.one')}
      trail={[{ title: t('broadcasts.title'), to: '/inbox/broadcasts' }]}
      actions={broadcast.data && <BroadcastActions broadcast={broadcast.data} />}
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

function About({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation('robots');
  const names = new Map(useRobotChoices().map(({ value, label }) => [value, label]));
  const { state, reason, content, robots, audience, excluded, per_minute, started_at, ended_at } = broadcast;
  return (
    <Panel title={t('broadcasts.about')}>
      {reason !== '' && <Alert color="yellow">{t(`broadcasts.why.${reason}`, { defaultValue: reason })}</Alert>}
      {state !== 'draft' && <ProgressBar of={broadcast} />}
      <Facts
        of={[
          [t('list.status'), <State key="state" value={STATE_WORDS[state]} text={t(`broadcasts.is.${state}`)} />],
          state === 'draft' && [t('broadcasts.size.title'), <AudienceSize key="size" {...broadcast} />],
          ...audienceFacts(t, audience),
          excluded.length > 0 && [t('broadcasts.is.skipped'), excluded.join(', ')],
          [t('broadcasts.robots'), robots.map((id) => names.get(id) ?? id).join(', ')],
          [t('broadcasts.pace'), <Count key="pace" value={per_minute} />],
          started_at !== null && [t('broadcasts.started'), <Time key="started" at={started_at} />],
          ended_at !== null && [t('broadcasts.ended'), <Time key="ended" at={ended_at} />],
        ]}
      />
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        {content}
      </Text>
    </Panel>
  );
}

function Recipients({ id }: { id: string }) {
  const { t } = useTranslation('robots');
  const wordsOf = useOutcomeText();
  const whyOf = (state: string, reason: string, code: number | null) => {
    if (reason === '') return '–';
    if (state === 'failed' && code !== null) return wordsOf(code, reason === String(code) ? '' : reason);
    return t(`broadcasts.why.${reason}`, { defaultValue: reason });
  };
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
            name: 'state',
            title: t('list.status'),
            choices: RECIPIENT_STATES.map((value) => ({ value, label: t(`broadcasts.is.${value}`) })),
          },
        ]}
        columns={[
          { id: 'name', title: t('list.name'), width: 1.5, cell: ({ name }) => name },
          {
            id: 'state',
            title: t('list.status'),
            onPhone: true,
            cell: ({ state }) => <State value={STATE_WORDS[state]} text={t(`broadcasts.is.${state}`)} />,
          },
          {
            id: 'reason',
            title: t('broadcasts.reason'),
            onPhone: true,
            width: 1.5,
            cell: ({ state, reason, error_code }) => whyOf(state, reason, error_code),
          },
          {
            id: 'when',
            title: t('contacts.when'),
            cell: ({ changed_at }) => <Time at={changed_at} style="ago" />,
          },
        ]}
        empty={<EmptyState title={t('broadcasts.nobody')} />}
      />
    </Panel>
  );
}
