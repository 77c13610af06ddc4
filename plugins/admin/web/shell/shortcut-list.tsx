/** All keys that are in force on this page, and the switch that turns single ones off. */
import { Group, Kbd, Modal, Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from '../client/store.ts';
import { useFocusBack } from '../kit/focus-back.ts';
import { shortcuts, shortcutsSwitch } from '../kit/shortcuts.ts';

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

export default function ShortcutList({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  useFocusBack();
  const all = useStore(shortcuts);
  const isOn = useStore(shortcutsSwitch) === 'on';
  return (
    <Modal opened onClose={onClose} title={t('shell.shortcuts')} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack gap="xs">
        {all.map(({ keys, title }) => (
          <Group key={`${keys} ${title}`} justify="space-between" wrap="nowrap">
            <Text size="sm">{title}</Text>
            <Group gap={4} wrap="nowrap">
              {keys.split(' ').map((key) => (
                <Kbd key={key}>{key.replace('mod+', isApple ? '⌘ ' : 'Ctrl ')}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
        <Switch
          mt="sm"
          label={t('shortcuts.switch')}
          checked={isOn}
          onChange={(event) => shortcutsSwitch.set(event.currentTarget.checked ? 'on' : 'off')}
        />
      </Stack>
    </Modal>
  );
}
