/** One quick reply: its name, its text with variables, and what it becomes for the contact of the open conversation. */
import { Button, Group, Input, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { $api, findRow, issueOf, messageOf, NotSaved, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createQuickReply } from '../bounds.ts';
import { VariablesHelp } from '../parts/variables-help.tsx';
import { QUICK_REPLIES, QUICK_REPLY, type Reply } from './quick-replies-data.ts';

const WRITING_MS = 400;

interface ReplyFormProps {
  /** Null: a new one. */
  reply: Reply | null;
  /** Null: none is open, and nothing is shown of what the text becomes. */
  conversation: string | null;
  onClose(): void;
  onKept(): Promise<void>;
}

export function ReplyForm({ reply, conversation, onClose, onKept }: ReplyFormProps) {
  const { t } = useTranslation('robots');
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '');
  const [text, setText] = useState(reply?.text ?? '');
  const make = $api.useMutation('post', QUICK_REPLIES);
  const change = $api.useMutation('patch', QUICK_REPLY);
  const error: unknown = make.error ?? change.error;
  const versioned = useVersionedForm(reply, {
    read: () => findRow(QUICK_REPLIES, {}, ({ id }) => id === reply?.id),
    refresh: onKept,
    labels: { shortcut: t('replies.shortcut'), text: t('test.text') },
  });
  const save = async () => {
    const body = { shortcut: shortcut.trim(), text };
    if (reply === null) await make.mutateAsync({ body });
    else {
      await versioned.save(body, (header, changes) =>
        change.mutateAsync({ params: { path: { id: reply.id }, header }, body: changes }),
      );
    }
    await onKept();
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // What is refused is shown by `error`.
        save().catch(() => {});
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t('replies.shortcut')}
          value={shortcut}
          onChange={(event) => setShortcut(event.currentTarget.value)}
          {...createQuickReply.shortcut}
          required
          data-autofocus
          error={issueOf(error, 'shortcut')}
        />
        <Textarea
          label={t('test.text')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          {...createQuickReply.text}
          autosize
          minRows={3}
          required
          error={issueOf(error, 'text')}
        />
        <VariablesHelp onInsert={(variable) => setText(`${text}${variable}`)} />
        {conversation !== null && <Preview text={text} conversation={conversation} />}
        {error !== null && <NotSaved error={error} form={versioned} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('shell:cancel')}
          </Button>
          <Button
            type="submit"
            loading={make.isPending || change.isPending}
            disabled={shortcut.trim() === '' || text.trim() === ''}
          >
            {t(reply === null ? 'replies.add' : 'shell:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Preview({ text, conversation }: { text: string; conversation: string }) {
  const { t } = useTranslation('robots');
  const [asked] = useDebouncedValue(text, WRITING_MS);
  const body = { text: asked, conversation };
  const { data, error } = $api.useQuery('post', `${QUICK_REPLIES}/preview`, { body }, { enabled: asked.trim() !== '' });
  if (asked.trim() === '') return null;
  return (
    <Input.Wrapper label={t('replies.preview')} labelElement="div">
      {error ? (
        <Text size="sm" c="red" role="status">
          {messageOf(error, t('shell:failure.offline'))}
        </Text>
      ) : (
        <Paper withBorder p="sm" mt={4} role="status">
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {data?.text ?? '…'}
          </Text>
        </Paper>
      )}
    </Input.Wrapper>
  );
}
