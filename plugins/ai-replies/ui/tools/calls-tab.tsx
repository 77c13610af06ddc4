/** Calls that wait for a person, with all that they would do, and what came of the earlier ones. */
import { Anchor, Button, Modal, Stack, Text, Title } from '@mantine/core';
import {
  DataTable,
  EmptyState,
  Facts,
  Link,
  Loaded,
  Mono,
  State,
  Time,
  useLiveRefresh,
  useRows,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSubjects } from '../costs/subjects.ts';
import { ToolValue } from './tool-value.tsx';
import { CALL_TOPICS, TOOL_CALLS, type ToolCall, toolName } from './tools-data.ts';
import { ToConversation, WaitingCall } from './waiting-call.tsx';

const STATES = ['waiting', 'approved', 'done', 'failed', 'rejected', 'expired'] as const;

export function CallsTab() {
  const { t } = useTranslation('ai-replies');
  const subjects = useSubjects();
  const [open, setOpen] = useState<ToolCall | null>(null);
  const waiting = useRows(TOOL_CALLS, { query: { state: 'waiting' } });
  useLiveRefresh(CALL_TOPICS, () => waiting.refetch());
  return (
    <Stack gap="xl">
      <section aria-label={t('tools.waiting')}>
        <Title order={2} size="h4" mb="sm">
          {t('tools.waiting')}
        </Title>
        <Loaded of={waiting} lines={2}>
          {(calls) =>
            calls.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t('tools.noneWaiting')}
              </Text>
            ) : (
              <Stack component="ul" p={0} m={0} maw={720}>
                {calls.map((call) => (
                  <WaitingCall key={call.id} call={call} robot={subjects.nameOf('robot', call.robot_id)} />
                ))}
              </Stack>
            )
          }
        </Loaded>
      </section>
      <section aria-label={t('tools.history')}>
        <Title order={2} size="h4" mb="sm">
          {t('tools.history')}
        </Title>
        <DataTable
          list={TOOL_CALLS}
          label={t('tools.history')}
          rowKey={({ id }) => id}
          live={CALL_TOPICS}
          filters={[
            {
              name: 'state',
              title: t('tools.state'),
              choices: STATES.map((value) => ({ value, label: t(`callState.${value}`) })),
            },
            { name: 'robot_id', title: t('group.robot'), choices: subjects.robots },
          ]}
          columns={[
            {
              id: 'tool',
              title: t('tools.tool'),
              width: 1.6,
              cell: (call) => (
                <Anchor component="button" type="button" size="sm" onClick={() => setOpen(call)}>
                  {toolName(call.tool)}
                </Anchor>
              ),
            },
            {
              id: 'state',
              title: t('tools.state'),
              onPhone: true,
              cell: ({ state }) => <State value={state} text={t(`callState.${state}`)} />,
            },
            {
              id: 'robot',
              title: t('group.robot'),
              onPhone: true,
              cell: ({ robot_id }) => subjects.nameOf('robot', robot_id),
            },
            {
              id: 'when',
              title: t('calls.when'),
              onPhone: true,
              cell: ({ created_at }) => <Time at={created_at} style="ago" />,
            },
            {
              id: 'conversation',
              title: t('tools.conversation'),
              cell: ({ conversation_id }) => <ToConversation id={conversation_id} />,
            },
          ]}
          empty={
            <EmptyState
              title={t('tools.noCalls')}
              text={t('tools.noCallsText')}
              action={
                <Button component={Link} to="/assistants/tools?tab=robots" variant="default">
                  {t('tools.allowSome')}
                </Button>
              }
            />
          }
        />
      </section>
      {open && <CallDialog call={open} onClose={() => setOpen(null)} />}
    </Stack>
  );
}

function CallDialog({ call, onClose }: { call: ToolCall; onClose(): void }) {
  const { t } = useTranslation('ai-replies');
  const { tool, state, input, output, created_at, decided_at } = call;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={toolName(tool)}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <Stack gap="sm">
        <Facts
          of={[
            [t('tools.tool'), <Mono key="tool">{tool}</Mono>],
            [t('tools.state'), <State key="state" value={state} text={t(`callState.${state}`)} />],
            [t('calls.when'), <Time key="when" at={created_at} />],
            decided_at !== null && [t('tools.decided'), <Time key="decided" at={decided_at} />],
          ]}
        />
        <Title order={3} size="h5">
          {t('tools.input')}
        </Title>
        <ToolValue value={input} label={t('tools.input')} />
        {output !== null && (
          <>
            <Title order={3} size="h5">
              {t('tools.output')}
            </Title>
            <ToolValue value={output} label={t('tools.output')} />
          </>
        )}
      </Stack>
    </Modal>
  );
}
