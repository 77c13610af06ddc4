/** Asks before what was written in a dialog or a sheet goes. */
import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Unsaved({ onStay, onLeave }: { onStay(): void; onLeave(): void }) {
  const { t } = useTranslation();
  return (
    <Group justify="flex-end" role="alert">
      <Text size="sm" w="100%">
        {t('leave.unsaved')}
      </Text>
      <Button variant="default" onClick={onStay} autoFocus>
        {t('leave.stay')}
      </Button>
      <Button color="red" onClick={onLeave}>
        {t('leave.discard')}
      </Button>
    </Group>
  );
}
