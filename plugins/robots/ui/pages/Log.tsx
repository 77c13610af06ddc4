/** The log of the WorkBot API: what was refused, who came and went, what failed. */
import { Button, Modal } from '@mantine/core';
import IconLogs from '@tabler/icons-react/dist/esm/icons/IconLogs.mjs';
import { CodeView, DataTable, EmptyState, Page, type RowOf, State, Time } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const LOGS = '/api/platform/robots/logs';
const TYPES = ['api', 'robot', 'ai', 'mail', 'workflow', 'system'] as const;
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** By the words that have a colour. */
const LEVEL_WORDS = { debug: 'draft', info: 'ok', warn: 'expired', error: 'error' } as const;
type Entry = RowOf<typeof LOGS>;

export default function Log() {
  const { t } = useTranslation('robots');
  const [shown, setShown] = useState<Entry | null>(null);
  return (
    <Page title={t('log.title')} intro={t('log.intro')}>
      <DataTable
        list={LOGS}
        label={t('log.title')}
        rowKey={({ id }) => String(id)}
        live={['robot.online', 'robot.offline', 'robot.command.finished']}
        filters={[
          {
            ...{ name: 'type', title: t('log.type') },
            choices: TYPES.map((value) => ({ value, label: t(`log.types.${value}`) })),
          },
          {
            ...{ name: 'level', title: t('log.level') },
            choices: LEVELS.map((value) => ({ value, label: t(`log.levels.${value}`) })),
          },
          { name: 'created_at', title: t('log.when'), kind: 'range' },
        ]}
        columns={[
          {
            ...{ id: 'message', title: t('log.message'), width: 3 },
            cell: ({ message }) => message,
          },
          {
            ...{ id: 'level', title: t('log.level'), onPhone: true, width: 0.8 },
            cell: ({ level }) => <State value={LEVEL_WORDS[level]} text={t(`log.levels.${level}`)} />,
          },
          { id: 'type', title: t('log.type'), width: 0.9, cell: ({ type }) => t(`log.types.${type}`) },
          { id: 'ip', title: t('log.ip'), cell: ({ ip }) => ip || '–' },
          {
            ...{ id: 'when', title: t('log.when'), onPhone: true, width: 1.2 },
            cell: ({ created_at }) => <Time at={created_at} />,
          },
          {
            ...{ id: 'details', title: t('log.details'), align: 'end', onPhone: true, width: 0.9 },
            cell: (entry) => (
              <Button size="compact-sm" variant="default" onClick={() => setShown(entry)}>
                {t('log.show')}
              </Button>
            ),
          },
        ]}
        empty={<EmptyState icon={<IconLogs size={24} />} title={t('log.none')} text={t('log.noneText')} />}
      />
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={shown?.message}
        size="lg"
        closeButtonProps={{ 'aria-label': t('shell:close') }}
      >
        {shown && <CodeView label={t('log.details')} value={JSON.stringify(shown.details, null, 2)} language="json" />}
      </Modal>
    </Page>
  );
}
