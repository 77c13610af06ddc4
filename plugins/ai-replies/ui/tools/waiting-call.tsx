/** A call that waits for a person: what it would do, changed where it should, approved or rejected. */
import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { $api, ApiError, CodeView, Link, notifyDone, notifyFailed, Time } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadAgain } from '../parts/ai-data.ts';
import { ToolValue } from './tool-value.tsx';
import { TOOL_CALLS, type ToolCall, toolName } from './tools-data.ts';

export function WaitingCall({ call, robot }: { call: ToolCall; robot: string }) {
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
      notifyDone(t(isApproved ? 'tools.approved' : 'tools.rejected', { name }));
    } catch (error) {
      notifyFailed(error);
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

export function ToConversation({ id }: { id: string }) {
  const { t } = useTranslation('ai-replies');
  return (
    <Anchor component={Link} to={`/inbox?conversation=${id}`} size="sm">
      {t('tools.toConversation')}
    </Anchor>
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
