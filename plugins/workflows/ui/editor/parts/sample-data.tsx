/** What the workflow would get: its last real data, where that comes from, and what somebody pins in its place. */
import { Anchor, Button, Group, JsonInput, Paper, Stack, Text } from '@mantine/core';
import IconPin from '@tabler/icons-react/dist/esm/icons/IconPin.mjs';
import IconPinnedOff from '@tabler/icons-react/dist/esm/icons/IconPinnedOff.mjs';
import { Link, Time, tellFailed } from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditing } from '../model/context.ts';
import { START } from '../model/pins.ts';
import { jsonOf, readJson } from './json-text.ts';

export function SampleData() {
  const { t } = useTranslation('workflows');
  const { sample } = useEditing();
  const [written, setWritten] = useState(() => jsonOf(sample.input));
  useEffect(() => setWritten(jsonOf(sample.input)), [sample.input]);
  const value = readJson(written);
  const isPinned = sample.source === 'pinned';
  const pin = (next: unknown) => {
    if (!sample.pin(START, next)) tellFailed(new Error(t('editor.pin.full')));
  };
  return (
    <Paper withBorder p="sm" component="section" aria-label={t('editor.sample.title')}>
      <Stack gap="xs">
        <JsonInput
          label={t('editor.sample.title')}
          description={<SampleSource />}
          value={written}
          autosize
          minRows={4}
          maxRows={16}
          spellCheck={false}
          error={value === null && t('editor.try.noJson')}
          onChange={setWritten}
        />
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPin size={14} aria-hidden />}
            disabled={value === null || (isPinned && written === jsonOf(sample.input))}
            onClick={() => value && pin(value.value)}
          >
            {t('editor.pin.pin')}
          </Button>
          {isPinned && (
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconPinnedOff size={14} aria-hidden />}
              onClick={() => pin(undefined)}
            >
              {t('editor.pin.unpin')}
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

/** In words, where the data comes from. */
export function SampleSource() {
  const { t } = useTranslation('workflows');
  const { sample } = useEditing();
  const { source, at, from } = sample;
  return (
    <Text span size="xs">
      {t(`editor.sample.${source}`)} {at !== null && <Time at={at} style="ago" />}{' '}
      {source === 'run' && from && (
        <Anchor component={Link} to={`/executions/${from.id}`} size="xs">
          {t('editor.try.execution')}
        </Anchor>
      )}
    </Text>
  );
}
