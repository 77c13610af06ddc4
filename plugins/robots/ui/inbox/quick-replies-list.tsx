/** The quick replies that there are: added, changed and removed, with what each becomes in the open conversation. */
import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { api, notifyDone, notifyFailed } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QUICK_REPLIES, QUICK_REPLY, type Reply, useReplies } from './quick-replies-data.ts';
import { ReplyForm } from './quick-reply-form.tsx';

/** Without a conversation nothing is shown of what a text becomes there. */
export function RepliesList({ conversation }: { conversation: string | null }) {
  const { t } = useTranslation('robots');
  const client = useQueryClient();
  const replies = useReplies();
  const [edited, setEdited] = useState<Reply | 'new' | null>(null);
  const readAgain = () => client.invalidateQueries({ queryKey: ['get', QUICK_REPLIES] });
  const remove = async ({ id, version: _version, created_at: _made, ...fields }: Reply) => {
    await api.DELETE(QUICK_REPLY, { params: { path: { id } } });
    await readAgain();
    notifyDone(t('replies.removed'), () => api.POST(QUICK_REPLIES, { body: fields }).then(readAgain, notifyFailed));
  };
  if (edited !== null) {
    return (
      <ReplyForm
        reply={edited === 'new' ? null : edited}
        conversation={conversation}
        onClose={() => setEdited(null)}
        onKept={readAgain}
      />
    );
  }
  return (
    <Stack gap="sm">
      {replies.length === 0 && <Text size="sm">{t('replies.none')}</Text>}
      {replies.map((reply) => (
        <Line
          key={reply.id}
          reply={reply}
          onChange={() => setEdited(reply)}
          onRemove={() => remove(reply).catch(notifyFailed)}
        />
      ))}
      <Group>
        <Button
          variant={replies.length === 0 ? 'filled' : 'default'}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setEdited('new')}
        >
          {t('replies.new')}
        </Button>
      </Group>
    </Stack>
  );
}

interface LineProps {
  reply: Reply;
  onChange(): void;
  onRemove(): void;
}

function Line({ reply: { shortcut, text }, onChange, onRemove }: LineProps) {
  const { t } = useTranslation('robots');
  return (
    <Group justify="space-between" wrap="nowrap">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={500}>
          {shortcut}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {text}
        </Text>
      </div>
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('replies.change', { name: shortcut })}
          onClick={onChange}
        >
          <IconPencil size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('replies.remove', { name: shortcut })}
          onClick={onRemove}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
    </Group>
  );
}
