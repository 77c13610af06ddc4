/** Entries of the audit log as a table. */
import { DataTable, type DataTableProps, Mono, Time } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useActionText } from './actions.ts';
import { ACTIONS } from './audited.ts';

const LIST = '/api/platform/auth/audit';
type AuditTableProps = Pick<DataTableProps<typeof LIST>, 'fixed'> & { empty: ReactNode };

export function AuditTable(props: AuditTableProps) {
  const { t } = useTranslation('auth');
  const actionText = useActionText();
  /** What has no name here has its kind in words, with the end of its id to tell it from others. */
  const kindOf = (type: string | null, id: string) =>
    type === 'settings'
      ? t(`audit.area.${id}`, { defaultValue: id })
      : `${t(`audit.target_of.${type}`, { defaultValue: type ?? '' })} …${id.slice(-6)}`.trim();
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
          width: 2.6,
          cell: ({ action }) => <span title={action}>{actionText(action)}</span>,
        },
        {
          id: 'at',
          title: t('audit.at'),
          width: 1.8,
          sort: 'created_at',
          onPhone: true,
          cell: ({ created_at }) => <Time at={created_at} />,
        },
        {
          id: 'actor',
          title: t('audit.actor'),
          width: 2,
          onPhone: true,
          cell: ({ actor_name, actor_kind }) => {
            const name = actor_name ?? t(`audit.kind.${actor_kind}`, { defaultValue: actor_kind });
            return <span title={name}>{name}</span>;
          },
        },
        {
          id: 'target',
          title: t('audit.target'),
          width: 2,
          cell: ({ target_type, target_id, target_name }) =>
            target_id ? <span title={target_id}>{target_name ?? kindOf(target_type, target_id)}</span> : '–',
        },
        {
          id: 'detail',
          title: t('audit.detail'),
          width: 2,
          cell: ({ detail }) => {
            const text = detailText(detail);
            return text === '' ? '–' : <Mono title={text}>{text}</Mono>;
          },
        },
        { id: 'ip', title: t('audit.ip'), isExtra: true, cell: ({ ip }) => ip ?? '–' },
      ]}
    />
  );
}

/** What is known beyond the act, such as which settings were changed; secrets are never in it. */
function detailText(detail: Readonly<Record<string, unknown>>): string {
  const { changed, ...others } = detail;
  if (Array.isArray(changed)) return changed.join(', ');
  return Object.entries(others)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}
