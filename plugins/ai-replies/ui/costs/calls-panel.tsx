/** Each call of a model: who has asked, what came of it, what it cost. */
import { DataTable, EmptyState, Mono, Panel, State, Time, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { CALLS, useProviders } from '../parts/ai-data.ts';
import { Cost } from '../parts/cost.tsx';
import { useSubjects } from './subjects.ts';

const PURPOSES = ['reply', 'mail', 'generate', 'classify', 'extract', 'embed', 'rerank', 'try', 'test'] as const;
const OUTCOMES = ['open', 'answered', 'failed', 'cancelled', 'lost'] as const;
/** How outcomes look: their words are not those of other states. */
const LOOKS = { open: 'running', answered: 'done', failed: 'failed', cancelled: '', lost: 'failed' } as const;

export function CallsPanel() {
  const { t } = useTranslation('ai-replies');
  const { duration, number } = useFormats();
  const subjects = useSubjects();
  const { data: { items: providers = [], currency = 'USD' } = {} } = useProviders();
  return (
    <Panel title={t('calls.title')}>
      <DataTable
        list={CALLS}
        label={t('calls.title')}
        rowKey={({ id }) => id}
        urlKey="calls"
        live={['ai.reply.generated', 'ai.reply.held', 'ai.provider.down']}
        filters={[
          {
            name: 'outcome',
            title: t('calls.outcome'),
            choices: OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) })),
          },
          {
            name: 'purpose',
            title: t('group.purpose'),
            choices: PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) })),
          },
          {
            name: 'provider',
            title: t('group.provider'),
            choices: providers.map(({ name }) => ({ value: name, label: name })),
          },
          { name: 'robot_id', title: t('group.robot'), choices: subjects.robots },
          { name: 'created_at', title: t('calls.when'), kind: 'range' },
        ]}
        columns={[
          {
            id: 'when',
            title: t('calls.when'),
            onPhone: true,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          {
            id: 'purpose',
            title: t('group.purpose'),
            onPhone: true,
            cell: ({ purpose }) => t(`purpose.${purpose}`),
          },
          {
            id: 'outcome',
            title: t('calls.outcome'),
            onPhone: true,
            cell: ({ outcome }) => <State value={LOOKS[outcome]} text={t(`outcome.${outcome}`)} />,
          },
          { id: 'provider', title: t('group.provider'), cell: ({ provider }) => provider },
          { id: 'model', title: t('models.model'), width: 1.4, cell: ({ model }) => <Mono>{model || '–'}</Mono> },
          {
            id: 'robot',
            title: t('group.robot'),
            cell: ({ robot_id }) => (robot_id === null ? '–' : subjects.nameOf('robot', robot_id)),
          },
          {
            id: 'tokens',
            title: t('costs.tokens'),
            align: 'end',
            width: 0.9,
            cell: ({ input_tokens, output_tokens }) => `${number(input_tokens)} + ${number(output_tokens)}`,
          },
          {
            id: 'took',
            title: t('try.took'),
            align: 'end',
            width: 0.7,
            cell: ({ duration_ms }) => duration(duration_ms),
          },
          {
            id: 'cost',
            title: t('costs.cost'),
            align: 'end',
            onPhone: true,
            width: 0.9,
            cell: ({ cost }) => (cost === 0 ? '–' : <Cost amount={cost} currency={currency} />),
          },
          { id: 'error', title: t('calls.error'), isExtra: true, width: 2, cell: ({ error }) => error || '–' },
        ]}
        empty={<EmptyState title={t('calls.none')} text={t('calls.noneText')} />}
      />
    </Panel>
  );
}
