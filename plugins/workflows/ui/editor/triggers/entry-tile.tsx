/** One way in which a workflow may begin, with its icon. */
import { Group, Text, ThemeIcon, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Entry } from './entries.ts';
import { entryIcon } from './entry-icons.ts';
import classes from './triggers.module.css';

interface EntryTileProps {
  entry: Entry;
  /** Undefined where it is a button that leads on. */
  isChosen?: boolean;
  isDisabled?: boolean;
  onChoose(): void;
}

export function EntryTile({ entry, isChosen, isDisabled = false, onChoose }: EntryTileProps) {
  const { t } = useTranslation('workflows');
  const Icon = entryIcon(entry);
  return (
    <UnstyledButton
      className={classes.tile}
      aria-pressed={isChosen}
      data-chosen={isChosen || undefined}
      disabled={isDisabled}
      onClick={onChoose}
    >
      <Group gap="xs" wrap="nowrap">
        <ThemeIcon variant="light" size={28} aria-hidden>
          <Icon size={16} stroke={1.6} />
        </ThemeIcon>
        <Text size="sm" component="span" lh={1.2}>
          {t(`trigger.entry.${entry}`)}
        </Text>
      </Group>
    </UnstyledButton>
  );
}
