/** Texts that are used again and again: put into the answer with what is known of the contact. */
import { Button, Menu, Text } from '@mantine/core';
import { api, later, notifyFailed } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QUICK_REPLY, useReplies } from './quick-replies-data.ts';

const ManageQuickReplies = later(() =>
  import('./manage-quick-replies.tsx').then(({ ManageQuickReplies }) => ManageQuickReplies),
);

interface QuickRepliesProps {
  conversation: string;
  onChoose(text: string): void;
}

export function QuickReplies({ conversation, onChoose }: QuickRepliesProps) {
  const { t } = useTranslation('robots');
  const [isKept, setKept] = useState(false);
  const replies = useReplies();
  const choose = async (id: string) => {
    const params = { path: { id }, query: { conversation } };
    const { data } = await api.GET(`${QUICK_REPLY}/text`, { params });
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
            <Menu.Item key={id} onClick={() => choose(id).catch(notifyFailed)}>
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
      {isKept && <ManageQuickReplies conversation={conversation} onClose={() => setKept(false)} />}
    </>
  );
}
