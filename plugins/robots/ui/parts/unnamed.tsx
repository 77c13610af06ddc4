/** Asks for a name of a robot that a phone has made. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RobotSettings } from './robot-settings.tsx';

export function Unnamed({ robotId }: { robotId: string }) {
  const { t } = useTranslation('robots');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Alert color="yellow" title={t('naming.title')}>
        <Group justify="space-between" gap="xs">
          <Text size="sm" flex="1 1 16rem">
            {t('naming.text')}
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
            {t('naming.give')}
          </Button>
        </Group>
      </Alert>
      {isOpen && <RobotSettings id={robotId} onClose={() => setOpen(false)} />}
    </>
  );
}
