/** Data of an execution: its beginning here, the whole of it as a file. */
import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { CodeView, CopyButton, isRecord, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export interface PayloadProps {
  title: string;
  value: unknown;
  /** Where the whole of it is. */
  href: string;
  /** Said in place of nothing. */
  none?: string;
}

/** Longer data are cut here. */
const MOST_SHOWN = 20_000;

export function Payload({ title, value, href, none }: PayloadProps) {
  const { t } = useTranslation('workflows');
  const { bytes } = useFormats();
  if (value === null || value === undefined)
    return (
      <Text size="sm" c="dimmed">
        {`${title}: ${none ?? t('data.none')}`}
      </Text>
    );
  const cut = cutByServer(value);
  const json = cut ? cut.beginning : JSON.stringify(value, null, 2);
  const isLong = cut !== null || json.length > MOST_SHOWN;
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Title order={3} size="h6">
          {title}
        </Title>
        <Group gap="xs">
          {!isLong && <CopyButton value={json} label={t('data.copy', { title })} />}
          <Anchor href={href} download size="xs" aria-label={t('data.downloadNamed', { title })}>
            {t('data.download')}
          </Anchor>
        </Group>
      </Group>
      <CodeView
        label={title}
        value={isLong ? json.slice(0, MOST_SHOWN) : json}
        language={isLong ? 'text' : 'json'}
        minHeight={20}
        maxHeight={280}
      />
      {isLong && (
        <Text size="xs" c="dimmed">
          {t('data.cut', { size: bytes(cut?.bytes ?? json.length) })}
        </Text>
      )}
    </Stack>
  );
}

/** What is longer than the server shows comes by its beginning. */
function cutByServer(value: unknown): { beginning: string; bytes: number } | null {
  if (!isRecord(value) || value.truncated !== true) return null;
  const { beginning, bytes } = value;
  return typeof beginning === 'string' && typeof bytes === 'number' ? { beginning, bytes } : null;
}

export function dataAddress(
  id: string,
  of: 'input' | 'output' | 'error',
  task?: { reference: string; instance: string },
) {
  const query = new URLSearchParams({ of, ...(task && { reference: task.reference, instance: task.instance }) });
  return `/api/platform/executions/${id}/data?${query}`;
}
