/** Documents of a base: whether they were read, why not, and what became of them. */
import { Text } from '@mantine/core';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { api, Count, DataTable, EmptyState, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { DOCUMENT, DOCUMENT_LOOKS, DOCUMENTS, READ_TOPICS } from './knowledge-data.ts';

const STATES = ['waiting', 'ready', 'failed'] as const;

export function DocumentsTable({ base }: { base: string }) {
  const { t } = useTranslation('ai-replies');
  return (
    <DataTable
      list={DOCUMENTS}
      fixed={{ base_id: base }}
      label={t('documents.title')}
      rowKey={({ id }) => id}
      to={({ id }) => `/assistants/knowledge/documents/${id}`}
      live={READ_TOPICS}
      filters={[
        {
          name: 'state',
          title: t('tools.state'),
          choices: STATES.map((value) => ({ value, label: t(`documentState.${value}`) })),
        },
      ]}
      columns={[
        { id: 'name', title: t('form.name'), width: 2, cell: ({ name }) => name },
        {
          id: 'state',
          title: t('tools.state'),
          onPhone: true,
          cell: ({ state }) => <State value={DOCUMENT_LOOKS[state]} text={t(`documentState.${state}`)} />,
        },
        {
          id: 'reason',
          title: t('documents.reason'),
          width: 1.6,
          cell: ({ reason }) =>
            reason === '' ? (
              '–'
            ) : (
              <Text span size="sm" c="red" lang="en" title={reason}>
                {reason}
              </Text>
            ),
        },
        {
          id: 'chunks',
          title: t('documents.chunks'),
          align: 'end',
          onPhone: true,
          width: 0.8,
          cell: ({ chunks }) => <Count value={chunks} />,
        },
        {
          id: 'read',
          title: t('documents.readAt'),
          width: 0.9,
          cell: ({ read_at }) => <Time at={read_at} style="ago" />,
        },
        {
          id: 'next',
          title: t('documents.nextRead'),
          isExtra: true,
          cell: ({ next_read_at }) => <Time at={next_read_at} />,
        },
      ]}
      bulk={[
        {
          id: 'delete',
          title: t('documents.delete'),
          color: 'red',
          icon: <IconTrash size={16} />,
          question: (count) => t('documents.deleteMany', { count }),
          run: ({ id }) => api.DELETE(DOCUMENT, { params: { path: { id } } }),
        },
      ]}
      empty={<EmptyState title={t('documents.none')} text={t('documents.noneText')} />}
    />
  );
}
