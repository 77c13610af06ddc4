/** The API calls behind the page on the screen, as commands that do the same. */
import { Code, Drawer, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { asCurl } from '../client/call.ts';
import { calls } from '../client/calls.ts';
import { useStore } from '../client/store.ts';
import { CopyButton } from '../kit/copy.tsx';
import { useFocusBack } from '../kit/focus-back.ts';

export default function ApiCalls({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  useFocusBack();
  const made = useStore(calls);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t('shell.calls')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Text size="sm" c="dimmed" mb="sm">
        {t('calls.text')}
      </Text>
      <Stack gap="sm">
        {made.map((call) => (
          <div key={`${call.method} ${call.url}`}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" fw={600}>
                {call.method} {new URL(call.url).pathname}
              </Text>
              <CopyButton value={asCurl(call)} label={t('calls.copy')} />
            </Group>
            <Code block tabIndex={0}>
              {asCurl(call)}
            </Code>
          </div>
        ))}
      </Stack>
    </Drawer>
  );
}
