/** Entries of the audit log as a table. */
import { Modal } from '@mantine/core';
import {
  DataTable,
  type DataTableProps,
  Facts,
  Mono,
  type RowOf,
  Time,
  useFocusBack,
  useFormats,
} from 'patchbay-platform/ui';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useActionText } from './actions.ts';
import { ACTIONS } from './audited.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
/** What code calls one of a few: `magic-link`. */
const CODE = /^[a-z_-]+$/;
const LIST = '/api/platform/auth/audit';
type Entry = RowOf<typeof LIST>;
type AuditTableProps = Pick<DataTableProps<typeof LIST>, 'fixed'> & { empty: ReactNode };

export function AuditTable(props: AuditTableProps) {
  const { t } = useTranslation('auth');
  const actionText = useActionText();
  const { actorOf, targetOf, detailsOf } = useEntryTexts();
  const [opened, open] = useState<Entry | null>(null);
  return (
    <>
      <DataTable
        {...props}
        onOpen={open}
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
            width: 'time',
            sort: 'created_at',
            onPhone: true,
            cell: ({ created_at }) => <Time at={created_at} />,
          },
          {
            id: 'actor',
            title: t('audit.actor'),
            width: 2,
            onPhone: true,
            cell: (entry) => <span title={actorOf(entry)}>{actorOf(entry)}</span>,
          },
          {
            id: 'target',
            title: t('audit.target'),
            width: 2,
            cell: (entry) => <span title={targetOf(entry)}>{targetOf(entry)}</span>,
          },
          {
            id: 'detail',
            title: t('audit.detail'),
            width: 2.6,
            cell: ({ detail }) => {
              const text = detailsOf(detail)
                .map(([name, value]) => t('audit.named', { name, value }))
                .join(t('audit.between'));
              return text === '' ? '–' : <span title={text}>{text}</span>;
            },
          },
          { id: 'ip', title: t('audit.ip'), isExtra: true, cell: ({ ip }) => ip ?? '–' },
        ]}
      />
      {opened && <WholeEntry entry={opened} onClose={() => open(null)} />}
    </>
  );
}

function WholeEntry({ entry, onClose }: { entry: Entry; onClose(): void }) {
  const { t } = useTranslation('auth');
  const actionText = useActionText();
  const { actorOf, targetOf, detailsOf } = useEntryTexts();
  useFocusBack();
  const { action, created_at, ip, user_agent, target_id, detail } = entry;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={actionText(action)}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <Facts
        of={[
          [t('audit.at'), <Time key="at" at={created_at} />],
          [t('audit.actor'), actorOf(entry)],
          [t('audit.target'), targetOf(entry)],
          ...detailsOf(detail),
          [t('audit.ip'), ip],
          user_agent !== null && [t('audit.browser'), user_agent],
          target_id !== null && [t('audit.id'), <Mono key="id">{target_id}</Mono>],
          [t('audit.code'), <Mono key="code">{action}</Mono>],
        ]}
      />
    </Modal>
  );
}

function useEntryTexts() {
  const { t } = useTranslation('auth');
  const { list } = useFormats();
  const textOf = (value: unknown): string => {
    if (Array.isArray(value)) return list(value.map(textOf));
    if (typeof value === 'object') return JSON.stringify(value);
    const text = String(value);
    if (typeof value === 'boolean') return t(value ? 'audit.yes' : 'audit.no');
    if (UUID.test(text)) return `…${text.slice(-6)}`;
    return CODE.test(text) ? t([`audit.value.${text}`, `setting.${text}`], { defaultValue: text }) : text;
  };
  return {
    actorOf: ({ actor_name, actor_kind }: Entry) =>
      actor_name ?? t(`audit.kind.${actor_kind}`, { defaultValue: actor_kind }),
    /** What has no name here has its kind in words, with the end of its id to tell it from others. */
    targetOf({ target_type, target_id, target_name }: Entry) {
      if (target_id === null) return '–';
      if (target_name !== null) return target_name;
      if (target_type === 'settings') return t(`audit.area.${target_id}`, { defaultValue: target_id });
      return `${t(`audit.target_of.${target_type}`, { defaultValue: target_type ?? '' })} …${target_id.slice(-6)}`.trim();
    },
    /** What is known beyond the act, such as which settings were changed; secrets are never in it. */
    detailsOf: (detail: Entry['detail']) =>
      Object.entries(detail)
        .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
        .map(([name, value]) => [t(`audit.word.${name}`, { defaultValue: name }), textOf(value)] as const),
  };
}
