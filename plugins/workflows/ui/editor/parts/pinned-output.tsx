/** What a step gave, kept in its place: while the workflow is tried, the step does nothing and gives this. */
import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TaskNode } from '../../graph/index.ts';
import { useEditing } from '../model/context.ts';
import { pinKey } from '../model/pin-keys.ts';
import type { Tried } from '../model/trying.ts';
import { PinnableData } from './pinnable-data.tsx';

interface PinnedOutputProps {
  task: TaskNode;
  /** What has just been tried with it alone, or from it on. */
  tried: Tried | null;
}

export function PinnedOutput({ task, tried }: PinnedOutputProps) {
  const { t } = useTranslation('workflows');
  const { sample } = useEditing();
  const key = pinKey(task.pointer);
  const isPinned = sample.pins.has(key);
  const gave = tried?.status === 'completed' ? tried.output : sample.outputs.get(task.pointer);
  return (
    <Stack gap="xs" component="section" aria-label={t('editor.pin.title')}>
      <PinnableData
        pointer={task.pointer}
        label={t('editor.pin.title')}
        description={t(isPinned ? 'editor.pin.pinned' : 'editor.pin.text')}
        value={isPinned ? sample.pins.get(key) : gave}
        isPinned={isPinned}
        rows={{ least: 2, most: 10 }}
      />
      {isPinned && (
        <Text size="xs" c="dimmed">
          {t('editor.pin.private')}
        </Text>
      )}
    </Stack>
  );
}
