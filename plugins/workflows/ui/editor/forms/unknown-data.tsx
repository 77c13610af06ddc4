/** What a step gets is not known before the one in front of it has run: that can be tried, and a path can be written anyway. */
import { Button, Stack, Text } from '@mantine/core';
import { use } from 'react';
import { useTranslation } from 'react-i18next';
import { TryStep } from '../model/context.ts';
import type { ReferenceGroup } from './references.ts';

export function UnknownData({ group: { name, unknown } }: { group: ReferenceGroup }) {
  const { t } = useTranslation('workflows');
  const tryStep = use(TryStep);
  const step = unknown?.step ?? null;
  return (
    <Stack gap={4} align="flex-start">
      <Text size="xs" c="dimmed">
        {t(step === null ? 'editor.data.unknownMany' : 'editor.data.unknown', { name })}
      </Text>
      {step !== null && (
        <Button size="compact-xs" variant="light" onClick={() => tryStep(step)}>
          {t('editor.data.try', { name })}
        </Button>
      )}
    </Stack>
  );
}
