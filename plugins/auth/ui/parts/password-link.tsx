/** A link to a new password, to be given by hand. It is shown once. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { CopyButton } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

interface PasswordLinkProps {
  name: string;
  link: string;
  onClose(): void;
}

export function PasswordLink({ name, link, onClose }: PasswordLinkProps) {
  const { t } = useTranslation('auth');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('users.linkResetFor', { name })}
      closeButtonProps={{ 'aria-label': t('users.linkResetDone') }}
      closeOnClickOutside={false}
      size="lg"
    >
      <Stack>
        <Text size="sm">{t('users.linkResetText')}</Text>
        <TextInput
          label={t('users.linkResetLabel')}
          value={link}
          readOnly
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          rightSection={<CopyButton value={link} label={t('users.linkResetCopy')} />}
        />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('users.linkResetDone')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
