/** One answer that waits: read, changed, sent or rejected. */
import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import {
  $api,
  ApiError,
  api,
  Facts,
  type IfVersion,
  Mono,
  NotSaved,
  notifyDone,
  notifyFailed,
  Panel,
  useVersionedForm,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sendAiReply } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { PlaceOf } from '../parts/passage.tsx';
import { companionOf, REPLIES, REPLY, type Reply } from './replies-data.ts';

export function DraftPanel({ draft }: { draft: Reply }) {
  const { t } = useTranslation('ai-replies');
  const [written, setWritten] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const readAgain = useReadAgain(REPLIES);
  const send = $api.useMutation('post', '/api/platform/ai/replies/{id}/send');
  const reject = $api.useMutation('post', '/api/platform/ai/replies/{id}/reject');
  const path = { id: draft.id };
  const versioned = useVersionedForm(draft, {
    read: async () => {
      const { data } = await api.GET(REPLY, { params: { path } });
      if (data?.state === 'draft') return data;
      // It does not wait any more, and goes from the page.
      notifyFailed(new Error(t('drafts.decided')));
      return undefined;
    },
    refresh: readAgain,
    labels: { question: t('drafts.question'), text: t('drafts.text') },
    follows: written === null,
  });
  const { text: before, question, sources, provider, model } = versioned.opened ?? draft;
  const text = written ?? before;
  const isChanged = text.trim() !== before;
  const decide = async (work: (header: IfVersion) => Promise<unknown>, said: string) => {
    setError(null);
    try {
      await versioned.act(work);
      notifyDone(said);
    } catch (thrown) {
      setError(thrown);
      if (thrown instanceof ApiError && thrown.status === 409) notifyFailed(thrown);
    }
    await readAgain();
  };
  const onSend = () =>
    decide(
      (header) => send.mutateAsync({ params: { path, header }, body: isChanged ? { text: text.trim() } : {} }),
      t('drafts.sent'),
    );
  const onReject = () => decide((header) => reject.mutateAsync({ params: { path, header } }), t('drafts.rejected'));
  return (
    <Panel title={t('drafts.answer')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void onSend();
        }}
      >
        <Stack gap="sm">
          <Alert color="gray" title={companionOf(draft) || t('drafts.question')}>
            <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {question || '–'}
            </Text>
          </Alert>
          <Textarea
            label={t('drafts.text')}
            value={text}
            onChange={(event) => setWritten(event.currentTarget.value)}
            {...sendAiReply.text}
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
          {error !== null && <NotSaved error={error} form={versioned} isAct />}
          <Group gap="xs">
            <Button type="submit" loading={send.isPending} disabled={text.trim() === ''}>
              {t(isChanged ? 'drafts.sendChanged' : 'drafts.send')}
            </Button>
            <Button variant="default" loading={reject.isPending} onClick={() => void onReject()}>
              {t('drafts.reject')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
