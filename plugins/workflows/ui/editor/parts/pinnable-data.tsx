/** Data as JSON that somebody may change and pin, and take back. */
import { Button, Group, JsonInput } from '@mantine/core';
import IconPin from '@tabler/icons-react/dist/esm/icons/IconPin.mjs';
import IconPinnedOff from '@tabler/icons-react/dist/esm/icons/IconPinnedOff.mjs';
import { notifyFailed } from 'patchbay-platform/ui';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditing } from '../model/context.ts';
import { jsonOf, readJson } from './json-text.ts';

interface PinnableDataProps {
  /** Of the step whose place it takes; '' for what the workflow gets. */
  pointer: string;
  label: string;
  description: ReactNode;
  value: unknown;
  isPinned: boolean;
  rows: { least: number; most: number };
}

export function PinnableData({ pointer, label, description, value: known, isPinned, rows }: PinnableDataProps) {
  const { t } = useTranslation('workflows');
  const { sample } = useEditing();
  const [written, setWritten] = useState(() => jsonOf(known));
  useEffect(() => setWritten(jsonOf(known)), [known]);
  const value = readJson(written);
  const pin = (next: unknown) => {
    if (!sample.pin(pointer, next)) notifyFailed(new Error(t('editor.pin.full')));
  };
  return (
    <>
      <JsonInput
        label={label}
        description={description}
        value={written}
        autosize
        minRows={rows.least}
        maxRows={rows.most}
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
    </>
  );
}
