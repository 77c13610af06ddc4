/** Where people answer, or write a note for each other. What was written stays when another conversation is looked at. */
import { Alert, Button, Group, SegmentedControl, Stack, Textarea } from '@mantine/core';
import { api, Failure } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerConversation } from '../bounds.ts';
import classes from './inbox.module.css';
import { CONVERSATION, type Conversation } from './place.ts';
import { QuickReplies } from './quick-replies.tsx';
import { useRefresh } from './use-conversations.ts';

type Kind = 'answer' | 'note';
/** By conversation, for as long as the page lives. */
const drafts = new Map<string, string>();

export function AnswerBox({ conversation: { id, opted_out } }: { conversation: Conversation }) {
  const { t } = useTranslation('robots');
  const refresh = useRefresh();
  const [kind, setKind] = useState<Kind>(opted_out ? 'note' : 'answer');
  const [text, setText] = useState(drafts.get(id) ?? '');
  // The same try sent twice is one message.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const write = (next: string) => {
    setText(next);
    drafts.set(id, next);
  };
  const send = async () => {
    if (text.trim() === '' || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      const asked = { params: { path: { id }, header: { 'Idempotency-Key': key } }, body: { text } };
      await (kind === 'answer' ? api.POST(`${CONVERSATION}/answers`, asked) : api.POST(`${CONVERSATION}/notes`, asked));
      write('');
      setKey(crypto.randomUUID());
      refresh();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={classes.answer}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Stack gap="xs" p="sm">
        {error !== null && <Failure error={error} />}
        {kind === 'note' && opted_out && <Alert p="xs">{t('answer.onlyNotes')}</Alert>}
        <Textarea
          data-answer
          aria-label={t(`answer.${kind}`)}
          placeholder={t(`answer.${kind}Text`)}
          value={text}
          onChange={(event) => write(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
              event.preventDefault();
              void send();
            }
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
          {...answerConversation.text}
          autosize
          minRows={2}
          maxRows={8}
        />
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            {!opted_out && (
              <SegmentedControl
                size="xs"
                aria-label={t('answer.kind')}
                value={kind}
                onChange={(value) => setKind(value === 'note' ? 'note' : 'answer')}
                data={[
                  { value: 'answer', label: t('answer.answer') },
                  { value: 'note', label: t('answer.note') },
                ]}
              />
            )}
            {kind === 'answer' && (
              <QuickReplies
                conversation={id}
                onChoose={(chosen) => write(text === '' ? chosen : `${text}\n${chosen}`)}
              />
            )}
          </Group>
          <Button type="submit" size="xs" loading={isBusy} disabled={text.trim() === ''}>
            {t(kind === 'answer' ? 'answer.send' : 'answer.keep')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
