/** Asks one provider alone, and shows what it answers, how long it took and what it cost, or why it did not. */
import { Alert, Anchor, Button, Group, Modal, Paper, Stack, Text, Textarea } from '@mantine/core';
import { Count, Facts, Failure, Link, Mono, notifyFailed, useFormats } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tryAiProvider } from '../bounds.ts';
import type { Provider } from '../parts/ai-data.ts';
import { Cost } from '../parts/cost.tsx';
import { AllowLocal, allowHost, isNotAllowed } from './allow-local.tsx';
import { hostOf } from './provider-draft.ts';
import { useTry } from './use-try.ts';

interface TryDialogProps {
  provider: Provider;
  currency: string;
  onClose(): void;
}

export function TryDialog({ provider: { name, base_url }, currency, onClose }: TryDialogProps) {
  const { t } = useTranslation('ai-replies');
  const { duration } = useFormats();
  const [text, setText] = useState(t('try.usual'));
  const ask = useTry();
  const [isAllowed, setAllowed] = useState(false);
  const answer = ask.data;
  const host = hostOf(base_url ?? '');
  const submit = async () => {
    if (isAllowed && host !== null) await allowHost(host);
    setAllowed(false);
    ask.mutate({ params: { path: { name } }, body: { text: text.trim() } });
  };
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
          void submit().catch(notifyFailed);
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
                  {host !== null && isNotAllowed(answer.text) && (
                    <AllowLocal host={host} isAllowed={isAllowed} onChange={setAllowed} />
                  )}
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
                <Anchor component={Link} to="/assistants/answering" size="sm">
                  {t('try.next')}
                </Anchor>
                {answer.found && (
                  <Text size="sm">
                    {t(`try.forms.${answer.found.forms}`)} {t(`try.tools.${answer.found.tools}`)}
                  </Text>
                )}
                <Facts
                  of={[
                    answer.model !== '' && [t('models.model'), <Mono key="model">{answer.model}</Mono>],
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
