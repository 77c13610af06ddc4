/** Sends a message through a robot, and says what became of it as soon as the robot does. */
import { Alert, Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { $api, Failure, isRecord, Panel, useLive } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sendMessageRobot } from '../bounds.ts';
import { useOutcomeText } from './outcome.ts';

interface Outcome {
  command: string;
  status: string;
  code: number;
  reason: string;
}

export function TestPanel({ robotId, isOnline }: { robotId: string; isOnline: boolean }) {
  const { t } = useTranslation('robots');
  const [to, setTo] = useState('');
  const [text, setText] = useState('');
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const send = $api.useMutation('post', '/api/robot/send-message');
  useLive(['robot.command.finished'], ({ data }) => {
    const outcome = outcomeOf(data);
    // It may come before the answer that says which command was made.
    if (outcome && isRecord(data) && data.robot_id === robotId)
      setOutcomes((before) => [outcome, ...before].slice(0, KEPT));
  });
  const command = send.data?.data.commandId;
  const outcome = outcomes.find((one) => one.command === command);
  return (
    <Panel title={t('test.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate({ body: { robotId, type: 'text', titleList: [to.trim()], content: text } });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('test.to')}
            description={t('test.toText')}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            {...sendMessageRobot.titleList.items}
            required
          />
          <Textarea
            label={t('test.text')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            {...sendMessageRobot.content}
            autosize
            minRows={2}
            required
          />
          {send.error && <Failure error={send.error} />}
          <div role="status">
            {command !== undefined && !outcome && <Alert>{t(isOnline ? 'test.waiting' : 'test.waitingOffline')}</Alert>}
            {outcome && <Ended of={outcome} />}
          </div>
          <Group>
            <Button type="submit" loading={send.isPending} disabled={to.trim() === '' || text.trim() === ''}>
              {t('test.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

const KEPT = 50;

function Ended({ of: { status, code, reason } }: { of: Outcome }) {
  const { t } = useTranslation('robots');
  const wordsOf = useOutcomeText();
  if (status === 'succeeded') return <Alert color="teal">{t('test.succeeded')}</Alert>;
  return (
    <Alert color="red" title={t('test.failed')}>
      {status === 'expired' ? t('result.expired') : wordsOf(code, reason)}
    </Alert>
  );
}

function outcomeOf(data: unknown): Outcome | null {
  if (!isRecord(data) || typeof data.command_id !== 'string') return null;
  const { command_id: command, status, error_code, error_reason } = data;
  return { command, status: String(status), code: Number(error_code), reason: String(error_reason ?? '') };
}
