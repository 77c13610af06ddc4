/** What a model would call with the tools that are ticked, before anybody has allowed them. Nothing is called. */
import { Badge, Button, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { $api, Failure, Panel } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tryAiPolicy } from '../bounds.ts';
import { ToolValue } from './tool-value.tsx';
import { toolName } from './tools-data.ts';

export function TrialOfTools({ robotId, tools }: { robotId: string; tools: { tool: string; asks: boolean }[] }) {
  const { t } = useTranslation('ai-replies');
  const [text, setText] = useState('');
  const run = $api.useMutation('post', '/api/platform/ai/policies/{robotId}/try');
  const trial = run.data;
  return (
    <Panel title={t('toolTrial.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate({ params: { path: { robotId } }, body: { text: text.trim(), ask: true, tools } });
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('toolTrial.intro')}
          </Text>
          <Textarea
            label={t('toolTrial.said')}
            placeholder={t('toolTrial.example')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            {...tryAiPolicy.text}
            autosize
            minRows={2}
          />
          <Group>
            <Button
              type="submit"
              variant="default"
              loading={run.isPending}
              disabled={text.trim() === '' || tools.length === 0}
            >
              {t('toolTrial.run')}
            </Button>
          </Group>
        </Stack>
      </form>
      <div role="status">
        {run.error && <Failure error={run.error} />}
        {trial && !run.isPending && (
          <Stack gap="sm" mt="sm">
            {trial.calls.length === 0 && <Text size="sm">{t('toolTrial.none')}</Text>}
            {[...new Map(trial.calls.map((call) => [JSON.stringify(call), call]))].map(([key, call]) => (
              <TriedCall key={key} of={call} />
            ))}
            {trial.answer && trial.answer.text !== '' && (
              <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {t('toolTrial.says', { text: trial.answer.text })}
              </Text>
            )}
          </Stack>
        )}
      </div>
    </Panel>
  );
}

interface Tried {
  tool: string;
  input?: unknown;
  bound: string[];
  asks: boolean;
}

function TriedCall({ of: { tool, input, bound, asks } }: { of: Tried }) {
  const { t } = useTranslation('ai-replies');
  const name = toolName(tool);
  return (
    <Paper component="article" withBorder radius="md" p="sm" aria-label={name}>
      <Stack gap="xs">
        <Group gap="xs">
          <Title order={3} size="h5">
            {name}
          </Title>
          <Badge variant="light" color={asks ? 'yellow' : 'teal'} tt="none" radius="sm">
            {t(asks ? 'toolTrial.asks' : 'toolTrial.atOnce')}
          </Badge>
        </Group>
        <ToolValue value={input} label={t('tools.input')} />
        {bound.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('toolTrial.filled', { names: bound.join(', ') })}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
