/** Ids and secrets are copied, not written off. */
import { ActionIcon, Group, CopyButton as MantineCopy, Text } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconCopy from '@tabler/icons-react/dist/esm/icons/IconCopy.mjs';
import { useTranslation } from 'react-i18next';

export function CopyButton({ value, label }: { value: string; label?: string }) {
  const { t } = useTranslation();
  return (
    <MantineCopy value={value}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          title={copied ? t('copied') : (label ?? t('copy'))}
          aria-label={copied ? t('copied') : (label ?? t('copy'))}
          onClick={copy}
        >
          {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        </ActionIcon>
      )}
    </MantineCopy>
  );
}

/** An id in small letters with its button. */
export function Id({ value }: { value: string }) {
  return (
    <Group gap={2} wrap="nowrap" component="span">
      <Text component="span" size="sm" ff="monospace" truncate>
        {value}
      </Text>
      <CopyButton value={value} />
    </Group>
  );
}
