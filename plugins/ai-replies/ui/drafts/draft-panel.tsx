/** One answer that waits: read, changed, sent or rejected. */
import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { $api, ApiError, Facts, Failure, isStale, Mono, Panel, tellDone } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadAgain } from '../parts/ai-data.ts';
import { PlaceOf } from '../parts/passage.tsx';
import { REPLIES, type Reply } from './replies-data.ts';

const LONGEST = 10_000;

export function DraftPanel({ draft }: { draft: Reply }) {
  const { t } = useTranslation('ai-replies');
  const [text, setText] = useState(draft.text);
  const readAgain = useReadAgain(REPLIES);
  const send = $api.useMutation('post', '/api/platform/ai/replies/{id}/send');
  const reject = $api.useMutation('post', '/api/platform/ai/replies/{id}/reject');
  const { id, version, question, sources, provider, model } = draft;
  const params = { path: { id }, header: { 'If-Match': `"${version}"` } };
  const isChanged = text.trim() !== draft.text;
  const error = send.error ?? reject.error;
  const decide = async (work: Promise<unknown>, said: string) => {
    try {
      await work;
      tellDone(said);
    } catch (thrown) {
      // Shown below. Whoever else has decided: it does not wait any more.
      if (thrown instanceof ApiError && !isStale(thrown) && thrown.status !== 409) return;
    }
    await readAgain();
  };
  const onSend = () =>
    decide(send.mutateAsync({ params, body: isChanged ? { text: text.trim() } : {} }), t('drafts.sent'));
  return (
    <Panel title={t('drafts.answer')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void onSend();
        }}
      >
        <Stack gap="sm">
          <Alert color="gray" title={t('drafts.question')}>
            <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {question || '–'}
            </Text>
          </Alert>
          <Textarea
            label={t('drafts.text')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            maxLength={LONGEST}
            autosize
            minRows={4}
            maxRows={16}
            required
          />
          {sources.length > 0 && (
            <div>
              <Text size="sm" c="dimmed">
                {t('drafts.sources')}
              </Text>
              {sources.map((source) => (
                <PlaceOf key={source.id} of={source} />
              ))}
            </div>
          )}
          {provider !== null && (
            <Facts
              of={[[t('models.model'), <Mono key="model">{[provider, model].filter(Boolean).join(' · ')}</Mono>]]}
            />
          )}
          {error !== null && <Failure error={error} />}
          <Group gap="xs">
            <Button type="submit" loading={send.isPending} disabled={text.trim() === ''}>
              {t(isChanged ? 'drafts.sendChanged' : 'drafts.send')}
            </Button>
            <Button
              variant="default"
              loading={reject.isPending}
              onClick={() => void decide(reject.mutateAsync({ params }), t('drafts.rejected'))}
            >
              {t('drafts.reject')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
