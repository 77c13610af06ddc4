/** Executions in rows: of everything, or of one workflow. */
import { api, DataTable, EmptyState, type RowOf, Time, useFormats, useMay } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { Address } from './changes.ts';
import { EXECUTIONS_LIVE } from './live-topics.ts';
import { OriginText } from './origin.tsx';
import { PHASES, Phase } from './phase.tsx';

type Row = RowOf<'/api/platform/executions'>;

export function ExecutionsTable({ of }: { of?: Address }) {
  const { t } = useTranslation('workflows');
  const mayRun = useMay()('workflows.secrets');
  return (
    <DataTable
      list="/api/platform/executions"
      label={t('executions.title')}
      {...(of && { fixed: { namespace: of.namespace, name: of.name } })}
      rowKey={({ id }) => id}
      to={({ id }) => `/automations/runs/${id}`}
      live={EXECUTIONS_LIVE}
      filters={[
        {
          name: 'status',
          title: t('executions.state'),
          choices: PHASES.map((value) => ({ value, label: t(`state.${value}`) })),
        },
        ...(of ? [] : [{ name: 'name', title: t('executions.workflow'), kind: 'text' as const }]),
        { name: 'correlation', title: t('run.correlation'), kind: 'text' },
        { name: 'created_at', title: t('executions.begun'), kind: 'range' },
      ]}
      columns={[
        {
          id: 'workflow',
          title: t('executions.workflow'),
          width: 2,
          cell: ({ namespace, name, version }) => (of ? `${name} ${version}` : `${namespace}/${name}`),
        },
        { id: 'state', title: t('executions.state'), onPhone: true, cell: ({ status }) => <Phase value={status} /> },
        { id: 'origin', title: t('executions.origin'), width: 2, cell: ({ origin }) => <OriginText of={origin} /> },
        {
          id: 'created',
          title: t('executions.begun'),
          onPhone: true,
          cell: (row) => <Time at={row.created_at} style="ago" />,
        },
        { id: 'took', title: t('executions.took'), align: 'end', cell: (row) => <Took {...row} /> },
        { id: 'version', title: t('workflows.version'), isExtra: true, cell: ({ version }) => version },
        { id: 'id', title: t('executions.id'), isExtra: true, width: 2, cell: ({ id }) => id },
      ]}
      bulk={
        mayRun
          ? [
              { id: 'retry', title: t('execution.retry'), run: (row) => steer(row, 'retry') },
              {
                id: 'cancel',
                title: t('execution.cancel'),
                color: 'red',
                question: (count) => t('executions.cancelMany', { count }),
                run: (row) => steer(row, 'cancel'),
              },
            ]
          : []
      }
      empty={<EmptyState title={t('executions.empty')} text={t('executions.emptyText')} />}
    />
  );
}

export type Steering = 'cancel' | 'suspend' | 'resume' | 'retry';

export function steer({ id }: { id: string }, verb: Steering): Promise<unknown> {
  return api.POST(`/api/platform/executions/{id}/${verb}`, { params: { path: { id } } });
}

function Took({ started_at, ended_at }: Pick<Row, 'started_at' | 'ended_at'>) {
  const { duration } = useFormats();
  if (!started_at || !ended_at) return <span>–</span>;
  return <span>{duration(Date.parse(ended_at) - Date.parse(started_at))}</span>;
}
