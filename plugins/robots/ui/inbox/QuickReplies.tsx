/** Texts that are used again and again: put into the answer with what is known of the contact, kept and removed here. */
import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { api, Failure, issueOf, tellDone, tellFailed, useFocusBack, useRows } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const REPLIES = '/api/platform/robots/quick-replies';

interface QuickRepliesProps {
  conversation: string;
  onChoose(text: string): void;
}

export function QuickReplies({ conversation, onChoose }: QuickRepliesProps) {
  const { t } = useTranslation('robots');
  const [isKept, setKept] = useState(false);
  const { data: replies = [] } = useRows(REPLIES, { query: { sort: 'shortcut' } });
  const choose = async (id: string) => {
    const params = { path: { id }, query: { conversation } };
    const { data } = await api.GET(`${REPLIES}/{id}/text`, { params });
    if (data) onChoose(data.text);
  };
  return (
    <>
      <Menu position="top-start">
        <Menu.Target>
          <Button size="xs" variant="default">
            {t('replies.title')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
          {replies.map(({ id, shortcut, text }) => (
            <Menu.Item key={id} onClick={() => choose(id).catch(tellFailed)}>
              <Text size="sm">{shortcut}</Text>
              <Text size="xs" c="dimmed" truncate maw={280}>
                {text}
              </Text>
            </Menu.Item>
          ))}
          {replies.length > 0 && <Menu.Divider />}
          <Menu.Item onClick={() => setKept(true)}>{t('replies.keep')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isKept && <Kept replies={replies} onClose={() => setKept(false)} />}
    </>
  );
}

interface KeptProps {
  replies: readonly { id: string; shortcut: string; text: string }[];
  onClose(): void;
}

function Kept({ replies, onClose }: KeptProps) {
  const { t } = useTranslation('robots');
  const client = useQueryClient();
  useFocusBack();
  const [shortcut, setShortcut] = useState('');
  const [text, setText] = useState('');
  const [error, setError] = useState<unknown>(null);
  const readAgain = () => client.invalidateQueries({ queryKey: ['get', REPLIES] });
  const remove = async (id: string, former: { shortcut: string; text: string }) => {
    await api.DELETE(`${REPLIES}/{id}`, { params: { path: { id } } });
    await readAgain();
    tellDone(t('replies.removed'), () => api.POST(REPLIES, { body: former }).then(readAgain, tellFailed));
  };
  const add = async () => {
    await api.POST(REPLIES, { body: { shortcut: shortcut.trim(), text } });
    setShortcut('');
    setText('');
    setError(null);
    await readAgain();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('replies.keep')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <Stack gap="sm">
        {replies.map((reply) => (
          <Group key={reply.id} justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={500}>
                {reply.shortcut}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {reply.text}
              </Text>
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('replies.remove', { name: reply.shortcut })}
              onClick={() => remove(reply.id, { shortcut: reply.shortcut, text: reply.text }).catch(tellFailed)}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add().catch(setError);
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('replies.shortcut')}
              value={shortcut}
              onChange={(event) => setShortcut(event.currentTarget.value)}
              maxLength={60}
              required
              error={issueOf(error, 'shortcut')}
            />
            <Textarea
              label={t('test.text')}
              description={t('replies.variables', { variables: '{{contact.name}}, {{robot.name}}' })}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              maxLength={10_000}
              autosize
              minRows={2}
              required
              error={issueOf(error, 'text')}
            />
            {error !== null && <Failure error={error} />}
            <Group justify="flex-end">
              <Button type="submit" disabled={shortcut.trim() === '' || text.trim() === ''}>
                {t('replies.add')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Stack>
    </Modal>
  );
}
