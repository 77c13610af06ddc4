/** The address for calls from outside, to copy. */
import { Group } from '@mantine/core';
import { CopyButton } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function HookAddress({ hook }: { hook: string | null }) {
  const { t } = useTranslation('workflows');
  if (hook === null) return null;
  return (
    <Group gap={4}>
      <code>{hook}</code>
      <CopyButton value={`${location.origin}${hook}`} label={t('workflow.copyHook')} />
    </Group>
  );
}
