/** Asks one provider alone, and shows what it answers, how long it took and what it cost, or why it did not. */
import { Alert, Button, Group, Modal, Paper, Stack, Text, Textarea } from '@mantine/core';
import { $api, Count, Facts, Failure, Mono, useFormats } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tryAiProvider } from '../bounds.ts';
import { type Provider, useReadAgain } from '../parts/ai-data.ts';
import { Cost } from '../parts/cost.tsx';

interface TryDialogProps {
  provider: Provider;
  currency: string;
  onClose(): void;
}

export function TryDialog({ provider: { name }, currency, onClose }: TryDialogProps) {
  const { t } = useTranslation('ai-replies');
  const { duration } = useFormats();
  const [text, setText] = useState(t('try.usual'));
  const ask = $api.useMutation('post', '/api/platform/ai/providers/{name}/try');
  const readAgain = useReadAgain('/api/platform/ai/providers');
  const answer = ask.data;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('models.tryOne', { name })}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate(
            { params: { path: { name } }, body: { text: text.trim() } },
            { onSuccess: () => void readAgain() },
          );
        }}
      >
        <Stack gap="sm">
          <Textarea
            label={t('try.question')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            {...tryAiProvider.text}
            autosize
            minRows={2}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button type="submit" loading={ask.isPending} disabled={text.trim() === ''}>
              {t('try.ask')}
            </Button>
          </Group>
          {ask.error && <Failure error={ask.error} />}
          <div role="status">
            {answer && !answer.ok && (
              <Alert color="red" title={t('try.failed')}>
                <Stack gap={4}>
                  <Text size="sm">{t(`error.${answer.code ?? 'provider_failed'}`)}</Text>
                  <Text size="sm" lang="en" style={{ overflowWrap: 'anywhere' }}>
                    {answer.text}
                  </Text>
                </Stack>
              </Alert>
            )}
            {answer?.ok && (
              <Stack gap="sm">
                <Paper withBorder radius="md" p="sm">
                  <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                    {answer.text}
                  </Text>
                </Paper>
                {answer.found && (
                  <Text size="sm">
                    {t(`try.forms.${answer.found.forms}`)} {t(`try.tools.${answer.found.tools}`)}
                  </Text>
                )}
                <Facts
                  of={[
                    [t('models.model'), <Mono key="model">{answer.model}</Mono>],
                    [t('try.took'), duration(answer.duration_ms)],
                    [t('costs.read'), <Count key="read" value={answer.input_tokens} />],
                    [t('costs.written'), <Count key="written" value={answer.output_tokens} />],
                    [t('costs.cost'), <Cost key="cost" amount={answer.cost} currency={currency} />],
                  ]}
                />
              </Stack>
            )}
          </div>
        </Stack>
      </form>
    </Modal>
  );
}
