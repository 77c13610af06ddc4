/** The test bench: what is found for a question, what a model would read, and its answer when it is asked for. */
import { Alert, Button, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { $api, ApiError, CodeView, Count, Facts, Failure, Mono, Panel, State } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tryAiPolicy } from '../bounds.ts';
import { ToModels } from '../models/no-model-notice.tsx';
import { useProviders } from '../parts/ai-data.ts';
import { Cost } from '../parts/cost.tsx';
import { Passage, PlaceOf } from '../parts/passage.tsx';

const MILLION = 1_000_000;
/** How outcomes look. */
const LOOKS = { reply: 'done', handover: 'waiting', silent: '', held: 'failed' } as const;

export function TestBench({ robotId, isChanged }: { robotId: string; isChanged: boolean }) {
  const { t } = useTranslation('ai-replies');
  const [text, setText] = useState('');
  const [asks, setAsks] = useState(false);
  const run = useTrial();
  const start = (ask: boolean) => {
    setAsks(ask);
    run.mutate({ params: { path: { robotId } }, body: { text: text.trim(), ask } });
  };
  return (
    <Panel title={t('bench.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start(false);
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('bench.intro')}
          </Text>
          <Textarea
            label={t('try.question')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            {...tryAiPolicy.text}
            autosize
            minRows={2}
          />
          {isChanged && (
            <Text size="xs" c="dimmed">
              {t('bench.unsaved')}
            </Text>
          )}
          <Group gap="xs">
            <Button type="submit" variant="default" loading={run.isPending && !asks} disabled={text.trim() === ''}>
              {t('bench.look')}
            </Button>
            <Button loading={run.isPending && asks} disabled={text.trim() === ''} onClick={() => start(true)}>
              {t('bench.ask')}
            </Button>
          </Group>
        </Stack>
      </form>
      <div role="status">
        {run.error && <Failure error={run.error} />}
        {run.error instanceof ApiError && run.error.code === 'no_provider' && <ToModels />}
        {run.data && !run.isPending && <Result of={run.data} />}
      </div>
    </Panel>
  );
}

function useTrial() {
  return $api.useMutation('post', '/api/platform/ai/policies/{robotId}/try');
}

type Trial = NonNullable<ReturnType<typeof useTrial>['data']>;

function Result({ of: { approved, passages, prompt, answer } }: { of: Trial }) {
  const { t } = useTranslation('ai-replies');
  const read = [
    prompt.instructions,
    ...prompt.messages.map(({ role, text }) => `${t(`bench.role.${role}`)}: ${text}`),
  ].join('\n\n');
  return (
    <Stack gap="md">
      {answer && <Answer of={answer} />}
      {approved && (
        <Alert color="teal" title={t('bench.approved')}>
          <Text size="sm" fw={500}>
            {approved.question}
          </Text>
          <Text size="sm">{approved.answer}</Text>
        </Alert>
      )}
      <Stack gap="xs">
        <Title order={3} size="h5">
          {t('bench.found', { count: passages.length })}
        </Title>
        {passages.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('bench.nothing')}
          </Text>
        ) : (
          <Stack component="ul" p={0} m={0} gap="xs">
            {passages.map((passage) => (
              <Passage key={passage.id} of={passage} />
            ))}
          </Stack>
        )}
      </Stack>
      {!approved && (
        <Stack gap="xs">
          <Title order={3} size="h5">
            {t('bench.prompt')}
          </Title>
          <CodeView label={t('bench.prompt')} value={read} language="text" maxHeight={320} isWrapped />
        </Stack>
      )}
    </Stack>
  );
}

function Answer({ of }: { of: NonNullable<Trial['answer']> }) {
  const { t } = useTranslation('ai-replies');
  const currency = useProviders().data?.currency ?? 'CNY';
  const { action, reason, text, sources, provider, model, input_tokens, output_tokens, micros } = of;
  return (
    <Paper withBorder radius="md" p="sm">
      <Stack gap="xs">
        <Group gap="xs">
          <Title order={3} size="h5">
            {t('bench.answer')}
          </Title>
          <State value={LOOKS[action]} text={t(`action.${action}`)} />
          {reason !== '' && <Text size="sm">{t(`reason.${reason}`, { defaultValue: reason })}</Text>}
          {reason === 'no_provider' && <ToModels />}
        </Group>
        {text !== '' && (
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {text}
          </Text>
        )}
        {sources.length > 0 && (
          <div>
            {sources.map((source) => (
              <PlaceOf key={source.id} of={source} />
            ))}
          </div>
        )}
        {provider !== null && (
          <Facts
            of={[
              [t('models.model'), <Mono key="model">{[provider, model].filter(Boolean).join(' · ')}</Mono>],
              [t('costs.tokens'), <Count key="tokens" value={input_tokens + output_tokens} />],
              [t('costs.cost'), <Cost key="cost" amount={micros / MILLION} currency={currency} />],
            ]}
          />
        )}
      </Stack>
    </Paper>
  );
}
