/** Questions of colleagues, answered from documents with the passages that the answer is from. Nothing of it is kept. */
import { Button, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { $api, Failure, Panel } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { askKnowledge } from '../bounds.ts';
import { NoModel } from '../models/no-model.tsx';
import { useProviders } from '../parts/ai-data.ts';
import { Cost } from '../parts/cost.tsx';
import { PlaceOf } from '../parts/passage.tsx';

const ASK = '/api/platform/ai/knowledge/ask';
/** So much of what was asked before goes along. */
const MOST_BEFORE = 5;

interface Turn {
  question: string;
  known: ReturnType<typeof useAsk>['data'] & object;
}

function useAsk() {
  return $api.useMutation('post', ASK);
}

export function AskPanel() {
  const { data } = useProviders();
  return data?.items.length === 0 ? <NoModel currency={data.currency} /> : <Asking />;
}

function Asking() {
  const { t } = useTranslation('ai-replies');
  const [text, setText] = useState('');
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const ask = useAsk();
  const send = async () => {
    const question = text.trim();
    if (question === '' || ask.isPending) return;
    const answered = turns.filter(({ known }) => known.answer !== '').slice(-MOST_BEFORE);
    const before = answered.map((turn) => ({ question: turn.question, answer: turn.known.answer }));
    try {
      const known = await ask.mutateAsync({ body: { question, before } });
      setTurns([...turns, { question, known }]);
      setText('');
    } catch {
      // It is shown below, and what was written stays.
    }
  };
  return (
    <Panel
      title={t('ask.title')}
      actions={
        turns.length > 0 && (
          <Button size="xs" variant="default" onClick={() => setTurns([])}>
            {t('ask.anew')}
          </Button>
        )
      }
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t('ask.text')}
        </Text>
        <Stack gap="md" role="log" aria-label={t('ask.title')}>
          {turns.map((turn, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: turns are only added
            <OneTurn key={place} of={turn} />
          ))}
        </Stack>
        {ask.error && <Failure error={ask.error} />}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <Group gap="xs" align="flex-end">
            <Textarea
              label={t('search.question')}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                void send();
              }}
              {...askKnowledge.question}
              autosize
              minRows={1}
              maxRows={6}
              flex={1}
              miw={180}
            />
            <Button type="submit" loading={ask.isPending} disabled={text.trim() === ''}>
              {t('ask.ask')}
            </Button>
          </Group>
        </form>
      </Stack>
    </Panel>
  );
}

function OneTurn({ of: { question, known } }: { of: Turn }) {
  const { t } = useTranslation('ai-replies');
  return (
    <Stack gap="xs">
      <Paper withBorder radius="md" p="xs" ml="lg" bg="var(--mantine-primary-color-light)">
        <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {question}
        </Text>
      </Paper>
      <Paper withBorder radius="md" p="sm" mr="lg">
        <Stack gap="xs">
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {known.answer || t('ask.nothing')}
          </Text>
          {known.sources.map((source) => (
            <Group key={source.number} gap={6} wrap="nowrap" align="baseline">
              <Text size="sm" c="dimmed">
                [{source.number}]
              </Text>
              <PlaceOf of={source} />
            </Group>
          ))}
          {known.model !== null && (
            <Text size="xs" c="dimmed" component="div">
              {known.provider} · {known.model} · <Cost amount={known.cost} currency={known.currency} />
            </Text>
          )}
        </Stack>
      </Paper>
    </Stack>
  );
}
