/** Where people answer, or write a note for each other. What was written stays when another conversation is looked at. */
import { Alert, Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { api, Failure, Place } from 'patchbay-platform/ui';
import { type Ref, useImperativeHandle, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerConversation } from '../bounds.ts';
import { AnsweredMeanwhile, type OtherAnswer, otherAnswerOf } from './answered-meanwhile.tsx';
import { focusOn } from './focus.ts';
import classes from './inbox.module.css';
import { useMessages } from './messages.ts';
import { CONVERSATION, type Conversation } from './place.ts';
import type { Presence } from './presence.ts';
import { QuickReplies } from './quick-replies.tsx';
import { useReadAgain } from './use-conversations.ts';

type Kind = 'answer' | 'note';

interface Draft {
  text: string;
  /** Id of the newest message that was there when writing began: what others answer behind it is news to the writer. */
  seen?: string | undefined;
}

/** By conversation, for as long as the page lives. */
const drafts = new Map<string, Draft>();

interface AnswerBoxProps {
  conversation: Conversation;
  presence: Presence;
  /** Gets what puts a text into the field. */
  put: Ref<(text: string) => void>;
}

export function AnswerBox({ conversation, presence, put }: AnswerBoxProps) {
  const { id, opted_out } = conversation;
  const { t } = useTranslation('robots');
  const readAgain = useReadAgain();
  const newest = useMessages(id).messages.at(-1)?.id;
  const [kind, setKind] = useState<Kind>(opted_out ? 'note' : 'answer');
  const [draft, setDraft] = useState<Draft>(drafts.get(id) ?? { text: '' });
  const { text } = draft;
  // The same try sent twice is one message.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [error, setError] = useState<unknown>(null);
  const [other, setOther] = useState<OtherAnswer | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const [isBusy, setBusy] = useState(false);
  const store = (next: Draft) => {
    setDraft(next);
    drafts.set(id, next);
  };
  const write = (next: string) => {
    store({ text: next, seen: next === '' ? undefined : (draft.seen ?? newest) });
    if (next === '' || kind === 'note') presence.stopWriting();
    else presence.write();
  };
  // It takes a moment, in which the person may have written on, here or elsewhere.
  const suggested = (chosen: string) => {
    const before = drafts.get(id)?.text ?? '';
    write(before === '' ? chosen : `${before}\n${chosen}`);
  };
  useImperativeHandle(put, () => (chosen) => {
    setKind('answer');
    suggested(chosen);
    box.current?.focus();
  });
  const send = async (seen = draft.seen) => {
    if (text.trim() === '' || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      const params = { path: { id }, header: { 'Idempotency-Key': key } };
      if (kind === 'note') await api.POST(`${CONVERSATION}/notes`, { params, body: { text } });
      else await api.POST(`${CONVERSATION}/answers`, { params, body: { text, ...(seen && { seen }) } });
      write('');
      setOther(null);
      setKey(crypto.randomUUID());
      // It may be somebody's now: what is done next to the conversation is done to what it has become.
      await readAgain();
    } catch (thrown) {
      const answer = otherAnswerOf(thrown);
      setOther(answer);
      setError(answer === null ? thrown : null);
      if (answer !== null) void readAgain();
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
      <Stack gap="xs" px="sm" py="xs">
        {error !== null && <Failure error={error} />}
        {kind === 'note' && opted_out && <Alert p="xs">{t('answer.onlyNotes')}</Alert>}
        {other !== null && (
          <AnsweredMeanwhile
            answer={other}
            isBusy={isBusy}
            onSend={() => void send(other.id)}
            onGoOn={() => {
              store({ ...draft, seen: other.id });
              setOther(null);
              box.current?.focus();
            }}
          />
        )}
        {kind === 'answer' && conversation.robot_status === 'offline' && (
          <Text size="xs" c="dimmed" role="status">
            {t(conversation.robot_is_phone ? 'answer.phoneOffline' : 'answer.accountOffline')}
          </Text>
        )}
        <div className={classes.writing}>
          <Textarea
            ref={box}
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
              if (event.key === 'Escape') {
                event.currentTarget.blur();
                focusOn(id);
              }
            }}
            {...answerConversation.text}
            autosize
            minRows={1}
            maxRows={8}
            classNames={{ root: classes.field, input: classes.fieldInput }}
          />
          <Group gap="xs" className={classes.tools}>
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
            {kind === 'answer' && <Place name="robots.answer" subject={id} put={suggested} />}
          </Group>
          <Button
            type="submit"
            size="xs"
            loading={isBusy}
            disabled={text.trim() === ''}
            title={t('answer.sendKeys')}
            className={classes.send}
          >
            {t(kind === 'answer' ? 'answer.send' : 'answer.keep')}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
