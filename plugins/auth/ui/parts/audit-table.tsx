/** Entries of the audit log as a table. */
import { DataTable, type DataTableProps, Mono, Time } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ACTIONS, useActionText } from './actions.ts';

const LIST = '/api/platform/auth/audit';
type AuditTableProps = Pick<DataTableProps<typeof LIST>, 'fixed'> & { empty: ReactNode };

export function AuditTable(props: AuditTableProps) {
  const { t } = useTranslation('auth');
  const actionText = useActionText();
  return (
    <DataTable
      {...props}
      list={LIST}
      label={t('audit.title')}
      rowKey={({ id }) => String(id)}
      defaultSort="-created_at"
      live={['audit.recorded']}
      filters={[
        {
          name: 'action',
          title: t('audit.action'),
          choices: ACTIONS.map((value) => ({ value, label: actionText(value) })),
        },
        { name: 'created_at', title: t('audit.at'), kind: 'range' },
      ]}
      columns={[
        {
          id: 'action',
          title: t('audit.action'),
          width: 2,
          cell: ({ action }) => <span title={action}>{actionText(action)}</span>,
        },
        {
          id: 'actor',
          title: t('audit.actor'),
          width: 2,
          onPhone: true,
          cell: ({ actor_name, actor_kind }) =>
            actor_name ?? t(`audit.kind.${actor_kind}`, { defaultValue: actor_kind }),
        },
        {
          id: 'target',
          title: t('audit.target'),
          width: 2,
          cell: ({ target_type, target_id }) =>
            target_id ? <Mono title={target_id}>{`${target_type} ${target_id.slice(-8)}`}</Mono> : '–',
        },
        {
          id: 'detail',
          title: t('audit.detail'),
          width: 2,
          cell: ({ detail }) => (Object.keys(detail).length > 0 ? <Mono>{JSON.stringify(detail)}</Mono> : '–'),
        },
        { id: 'ip', title: t('audit.ip'), isExtra: true, cell: ({ ip }) => ip ?? '–' },
        {
          id: 'at',
          title: t('audit.at'),
          width: 2,
          sort: 'created_at',
          onPhone: true,
          cell: ({ created_at }) => <Time at={created_at} />,
        },
      ]}
    />
  );
}
