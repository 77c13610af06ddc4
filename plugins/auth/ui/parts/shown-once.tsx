/** A secret at the only moment when it is shown. It goes away by the button alone. */
import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { CopyButton } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

interface ShownOnceProps {
  title: string;
  label: string;
  secret: string | null;
  onClose(): void;
}

export function ShownOnce({ title, label, secret, onClose }: ShownOnceProps) {
  const { t } = useTranslation('auth');
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={title}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      size="lg"
    >
      <Stack>
        <Alert color="yellow" title={t('once.title')}>
          {t('once.text')}
        </Alert>
        <TextInput
          label={label}
          value={secret ?? ''}
          readOnly
          data-autofocus
          ff="monospace"
          onFocus={(event) => event.currentTarget.select()}
          rightSection={<CopyButton value={secret ?? ''} />}
        />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('once.kept')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
