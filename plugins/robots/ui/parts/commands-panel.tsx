/** What was asked of a robot and what became of it, as it happens; what failed is asked for again. */
import { Button, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, DataTable, EmptyState, Mono, notifyDone, notifyFailed, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { COMMAND_STATES, COMMAND_TYPES, COMMAND_WORDS, COMMANDS, type Command } from './commands-data.ts';
import { useOutcomeText } from './outcome.ts';

export function CommandsPanel({ robotId }: { robotId: string }) {
  const { t } = useTranslation('robots');
  const client = useQueryClient();
  const repeat = async ({ id: command }: Command) => {
    await api.POST(`${COMMANDS}/{command}/repeat`, { params: { path: { id: robotId, command } } });
    await client.invalidateQueries({ queryKey: ['get', COMMANDS.replace('{id}', robotId)] });
    notifyDone(t('commands.repeated'));
  };
  const withdraw = async ({ id: command }: Command) => {
    await api.POST(`${COMMANDS}/{command}/withdraw`, { params: { path: { id: robotId, command } } });
    await client.invalidateQueries({ queryKey: ['get', COMMANDS.replace('{id}', robotId)] });
    notifyDone(t('commands.withdrawn'));
  };
  return (
    <DataTable
      list={COMMANDS}
      at={{ id: robotId }}
      label={t('commands.title')}
      rowKey={({ id }) => id}
      defaultSort="-created_at"
      live={[`robot.command.finished/${robotId}`]}
      filters={[
        {
          name: 'status',
          title: t('list.status'),
          choices: COMMAND_STATES.map((value) => ({ value, label: t(`commands.is.${value}`) })),
        },
        {
          name: 'type',
          title: t('commands.what'),
          choices: COMMAND_TYPES.map((value) => ({ value, label: t(`commands.type.${value}`) })),
        },
      ]}
      columns={[
        { id: 'what', title: t('commands.what'), width: 2.2, cell: (command) => <What command={command} /> },
        {
          id: 'to',
          title: t('test.to'),
          width: 1.2,
          cell: ({ recipients }) => recipients.join(', ') || '–',
        },
        {
          id: 'state',
          title: t('list.status'),
          onPhone: true,
          width: 1.8,
          cell: (command) => <Outcome command={command} />,
        },
        {
          id: 'when',
          title: t('contacts.when'),
          sort: 'created_at',
          onPhone: true,
          cell: ({ created_at }) => <Time at={created_at} style="ago" />,
        },
        {
          id: 'source',
          title: t('commands.source'),
          isExtra: true,
          cell: ({ source }) => t(`commands.by.${source}`, { defaultValue: source }),
        },
        {
          id: 'finished',
          title: t('commands.finished'),
          isExtra: true,
          cell: ({ finished_at }) => <Time at={finished_at} />,
        },
        { id: 'id', title: t('robot.id'), isExtra: true, width: 2, cell: ({ id }) => <Mono>{id}</Mono> },
        {
          id: 'do',
          title: t('codes.do'),
          align: 'end',
          onPhone: true,
          width: 0.8,
          cell: (command) => (
            <>
              {command.repeatable && (
                <Button size="compact-sm" variant="default" onClick={() => void repeat(command).catch(notifyFailed)}>
                  {t('commands.repeat')}
                </Button>
              )}
              {command.withdrawable && (
                <Button size="compact-sm" variant="default" onClick={() => void withdraw(command).catch(notifyFailed)}>
                  {t('commands.withdraw')}
                </Button>
              )}
            </>
          ),
        },
      ]}
      empty={<EmptyState title={t('commands.none')} text={t('commands.noneText')} />}
    />
  );
}

function What({ command: { type, text } }: { command: Command }) {
  const { t } = useTranslation('robots');
  const name = t(`commands.type.${type}`, { defaultValue: type });
  if (text === '') return name;
  return (
    <div>
      <Text size="sm" lineClamp={2} style={{ whiteSpace: 'normal' }}>
        {text}
      </Text>
      {type !== 'send_message' && (
        <Text size="xs" c="dimmed">
          {name}
        </Text>
      )}
    </div>
  );
}

function Outcome({ command: { status, error_code, error_reason } }: { command: Command }) {
  const { t } = useTranslation('robots');
  const wordsOf = useOutcomeText();
  return (
    <div>
      <State value={COMMAND_WORDS[status]} text={t(`commands.is.${status}`)} />
      {error_code !== null && error_code !== 0 && (
        <Text size="xs" c="dimmed" lineClamp={2} style={{ whiteSpace: 'normal' }}>
          {wordsOf(error_code, error_reason)}
        </Text>
      )}
    </div>
  );
}
