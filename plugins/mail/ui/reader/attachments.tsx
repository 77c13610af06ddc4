/** The files of a mail. A browser saves them; it runs none. */
import { Anchor, Group, Text } from '@mantine/core';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import { useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { OpenMail } from './mail-actions.ts';

export function Attachments({ id, attachments }: Pick<OpenMail, 'id' | 'attachments'>) {
  const { t } = useTranslation('mail');
  const { bytes } = useFormats();
  return (
    <Group component="ul" gap="xs" m={0} p={0} aria-label={t('reader.attachments')} style={{ listStyle: 'none' }}>
      {attachments.map(({ index, filename, size_bytes }) => (
        <li key={index}>
          <Anchor
            size="sm"
            href={`/api/platform/mail/messages/${id}/attachments/${index}`}
            download={filename || t('reader.unnamed')}
          >
            <IconPaperclip size={14} aria-hidden /> {filename || t('reader.unnamed')}{' '}
            <Text component="span" size="xs" c="dimmed">
              {bytes(size_bytes)}
            </Text>
          </Anchor>
        </li>
      ))}
    </Group>
  );
}
