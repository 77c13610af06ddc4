/** Calls that wait for a person, with all that they would do, and what came of the earlier ones. */
import { Anchor, Button, Group, Modal, Paper, Stack, Text, Title } from '@mantine/core';
import {
  $api,
  ApiError,
  CodeView,
  DataTable,
  EmptyState,
  Facts,
  Link,
  Loaded,
  Mono,
  State,
  Time,
  tellDone,
  tellFailed,
  useLive,
  useRows,
} from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSubjects } from '../costs/subjects.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { ToolValue } from './tool-input.tsx';
import { CALL_TOPICS, TOOL_CALLS, type ToolCall, toolName } from './tools-data.ts';

const STATES = ['waiting', 'approved', 'done', 'failed', 'rejected'] as const;

export function CallsTab() {
  const { t } = useTranslation('ai-replies');
  const subjects = useSubjects();
  const [open, setOpen] = useState<ToolCall | null>(null);
  const waiting = useRows(TOOL_CALLS, { query: { state: 'waiting' } });
  useLive(CALL_TOPICS, () => void waiting.refetch());
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
              ...{ name: 'state', title: t('tools.state') },
              choices: STATES.map((value) => ({ value, label: t(`callState.${value}`) })),
            },
            { name: 'robot_id', title: t('group.robot'), choices: subjects.robots },
          ]}
          columns={[
            {
              ...{ id: 'tool', title: t('tools.tool'), width: 1.6 },
              cell: (call) => (
                <Anchor component="button" type="button" size="sm" onClick={() => setOpen(call)}>
                  {toolName(call.tool)}
                </Anchor>
              ),
            },
            {
              ...{ id: 'state', title: t('tools.state'), onPhone: true },
              cell: ({ state }) => <State value={state} text={t(`callState.${state}`)} />,
            },
            {
              ...{ id: 'robot', title: t('group.robot'), onPhone: true },
              cell: ({ robot_id }) => subjects.nameOf('robot', robot_id),
            },
            {
              ...{ id: 'when', title: t('calls.when'), onPhone: true },
              cell: ({ created_at }) => <Time at={created_at} style="ago" />,
            },
            {
              ...{ id: 'conversation', title: t('tools.conversation') },
              cell: ({ conversation_id }) => <ToConversation id={conversation_id} />,
            },
          ]}
          empty={<EmptyState title={t('tools.noCalls')} text={t('tools.noCallsText')} />}
        />
      </section>
      {open && <CallDialog call={open} onClose={() => setOpen(null)} />}
    </Stack>
  );
}

function ToConversation({ id }: { id: string }) {
  const { t } = useTranslation('ai-replies');
  return (
    <Anchor component={Link} to={`/robots/inbox?conversation=${id}`} size="sm">
      {t('tools.toConversation')}
    </Anchor>
  );
}

function WaitingCall({ call, robot }: { call: ToolCall; robot: string }) {
  const { t } = useTranslation('ai-replies');
  const readAgain = useReadAgain(TOOL_CALLS);
  const approve = $api.useMutation('post', '/api/platform/ai/tool-calls/{id}/approve');
  const reject = $api.useMutation('post', '/api/platform/ai/tool-calls/{id}/reject');
  const name = toolName(call.tool);
  const written = JSON.stringify(call.input, null, 2);
  const [edited, setEdited] = useState<string | null>(null);
  const isJson = edited === null || parsed(edited) !== undefined;
  const decide = async (isApproved: boolean) => {
    const params = { path: { id: call.id } };
    const isChanged = edited !== null && edited !== written;
    const body = isChanged ? { input: parsed(edited) } : {};
    try {
      await (isApproved ? approve.mutateAsync({ params, body }) : reject.mutateAsync({ params }));
      tellDone(t(isApproved ? 'tools.approved' : 'tools.rejected', { name }));
    } catch (error) {
      tellFailed(error);
      // Whoever else has decided: what is so now is shown.
      if (!(error instanceof ApiError)) return;
    }
    await readAgain();
  };
  return (
    <Paper component="li" withBorder p="md" radius="md" style={{ listStyle: 'none' }} aria-label={name}>
      <Stack gap="sm">
        <div>
          <Title order={3} size="h5">
            {name}
          </Title>
          <Group gap="xs">
            <Text size="xs" c="dimmed">
              {robot}
            </Text>
            <Text size="xs" c="dimmed" component="div">
              <Time at={call.created_at} style="ago" />
            </Text>
            <ToConversation id={call.conversation_id} />
          </Group>
        </div>
        {edited === null ? (
          <ToolValue value={call.input} label={t('tools.input')} />
        ) : (
          <>
            <CodeView label={t('tools.input')} value={edited} language="json" onChange={setEdited} maxHeight={300} />
            {!isJson && (
              <Text size="sm" c="red">
                {t('tools.noJson')}
              </Text>
            )}
          </>
        )}
        <Group gap="xs">
          <Button size="xs" loading={approve.isPending} disabled={!isJson} onClick={() => void decide(true)}>
            {t(edited !== null && edited !== written ? 'tools.approveChanged' : 'tools.approve')}
          </Button>
          {edited === null && (
            <Button size="xs" variant="default" onClick={() => setEdited(written)}>
              {t('models.change')}
            </Button>
          )}
          <Button size="xs" variant="default" loading={reject.isPending} onClick={() => void decide(false)}>
            {t('tools.reject')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
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
