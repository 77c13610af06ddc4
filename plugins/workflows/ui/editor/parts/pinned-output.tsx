/** What a step gave, kept in its place: while the workflow is tried, the step does nothing and gives this. */
import { Button, Group, JsonInput, Stack, Text } from '@mantine/core';
import IconPin from '@tabler/icons-react/dist/esm/icons/IconPin.mjs';
import IconPinnedOff from '@tabler/icons-react/dist/esm/icons/IconPinnedOff.mjs';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskNode } from '../../graph/index.ts';
import { useEditing } from '../model/context.ts';
import { pinKey } from '../model/pin-keys.ts';
import type { Tried } from '../model/use-sample.ts';
import { jsonOf, readJson } from './json-text.ts';

interface PinnedOutputProps {
  task: TaskNode;
  /** What has just been tried with it alone, or from it on. */
  tried: Tried | null;
  /** Undefined takes it away. */
  onPin(value: unknown): void;
}

export function PinnedOutput({ task, tried, onPin }: PinnedOutputProps) {
  const { t } = useTranslation('workflows');
  const { sample } = useEditing();
  const key = pinKey(task.pointer);
  const isPinned = sample.pins.has(key);
  const gave = tried?.status === 'completed' ? tried.output : sample.outputs.get(task.pointer);
  const known = isPinned ? sample.pins.get(key) : gave;
  const [written, setWritten] = useState(() => jsonOf(known));
  useEffect(() => setWritten(jsonOf(known)), [known]);
  const value = readJson(written);
  return (
    <Stack gap="xs" component="section" aria-label={t('editor.pin.title')}>
      <JsonInput
        label={t('editor.pin.title')}
        description={t(isPinned ? 'editor.pin.pinned' : 'editor.pin.text')}
        value={written}
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        error={value === null && t('editor.try.noJson')}
        onChange={setWritten}
      />
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPin size={14} aria-hidden />}
          disabled={value === null || (isPinned && written === jsonOf(known))}
          onClick={() => value && onPin(value.value)}
        >
          {t('editor.pin.pin')}
        </Button>
        {isPinned && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPinnedOff size={14} aria-hidden />}
            onClick={() => onPin(undefined)}
          >
            {t('editor.pin.unpin')}
          </Button>
        )}
      </Group>
      {isPinned && (
        <Text size="xs" c="dimmed">
          {t('editor.pin.private')}
        </Text>
      )}
    </Stack>
  );
}
