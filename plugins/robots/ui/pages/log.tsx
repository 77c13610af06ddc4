/** The log of the WorkBot API: what was refused, who came and went, what failed. */
import { Anchor, Button, Modal } from '@mantine/core';
import IconLogs from '@tabler/icons-react/dist/esm/icons/IconLogs.mjs';
import { CodeView, DataTable, EmptyState, Link, Page, type RowOf, State, Time } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRobotChoices } from '../parts/robots-data.ts';

const LOGS = '/api/platform/robots/logs';
const TYPES = ['api', 'robot', 'ai', 'mail', 'workflow', 'system'] as const;
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** By the words that have a colour. */
const LEVEL_WORDS = { debug: 'draft', info: 'ok', warn: 'expired', error: 'error' } as const;
type Entry = RowOf<typeof LOGS>;

export default function Log() {
  const { t } = useTranslation('robots');
  const wordsOf = useWords();
  const names = new Map(useRobotChoices().map(({ value, label }) => [value, label]));
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
            name: 'type',
            title: t('log.type'),
            choices: TYPES.map((value) => ({ value, label: t(`log.types.${value}`) })),
          },
          {
            name: 'level',
            title: t('log.level'),
            choices: LEVELS.map((value) => ({ value, label: t(`log.levels.${value}`) })),
          },
          { name: 'created_at', title: t('log.when'), kind: 'range' },
        ]}
        columns={[
          {
            id: 'message',
            title: t('log.message'),
            width: 2.3,
            cell: (entry) => wordsOf(entry),
          },
          {
            id: 'level',
            title: t('log.level'),
            onPhone: true,
            width: 1,
            cell: ({ level }) => <State value={LEVEL_WORDS[level]} text={t(`log.levels.${level}`)} />,
          },
          { id: 'type', title: t('log.type'), width: 0.9, cell: ({ type }) => t(`log.types.${type}`) },
          {
            id: 'robot',
            title: t('inbox.robot'),
            width: 1.2,
            cell: ({ details: { robotId } }) =>
              typeof robotId === 'string' ? (
                <Anchor component={Link} to={`/assistants/${robotId}`} size="sm">
                  {names.get(robotId) ?? robotId}
                </Anchor>
              ) : (
                '–'
              ),
          },
          { id: 'ip', title: t('log.ip'), isExtra: true, cell: ({ ip }) => ip || '–' },
          {
            id: 'when',
            title: t('log.when'),
            onPhone: true,
            width: 1.7,
            cell: ({ created_at }) => <Time at={created_at} />,
          },
          {
            id: 'details',
            title: t('log.details'),
            align: 'end',
            onPhone: true,
            width: 0.9,
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
        title={shown && wordsOf(shown)}
        size="lg"
        closeButtonProps={{ 'aria-label': t('shell:close') }}
      >
        {shown && <CodeView label={t('log.details')} value={JSON.stringify(shown.details, null, 2)} language="json" />}
      </Modal>
    </Page>
  );
}

/** In the reader's language: the log itself is in that of the WorkBot document. */
function useWords(): (entry: Entry) => string {
  const { t } = useTranslation('robots');
  return ({ message, details: { code } }) => {
    if (typeof code !== 'string') return t(`log.said.${message}`, { defaultValue: message });
    const usual = t(`error.${code}`, { defaultValue: t(`shell:error.${code}`, { defaultValue: message }) });
    // What is said to who was refused is not meant for who reads of it.
    return t(`log.refused.${code}`, { defaultValue: usual });
  };
}
