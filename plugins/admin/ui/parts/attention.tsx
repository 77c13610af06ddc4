/** What waits for a person, with the way there. */
import { Anchor, Badge, Group, Paper, Stack, Text, ThemeIcon } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import { $api, Link, Loaded, Panel, textIn, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const EVERY_MS = 60_000;
/** As many, or more: the server counts no further. */
const MOST = 100;

/** Hidden while nothing waits: where it is not what the page is for. */
export function AttentionIfAny() {
  const { data } = $api.useQuery('get', '/api/platform/attention', {}, { refetchInterval: EVERY_MS });
  return data && data.items.length > 0 ? <Attention /> : null;
}

export function Attention() {
  const { t } = useTranslation('admin');
  const { number } = useFormats();
  const attention = $api.useQuery('get', '/api/platform/attention', {}, { refetchInterval: EVERY_MS });
  return (
    <Panel title={t('dashboard.attention')}>
      <Loaded of={attention} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Group gap="xs">
              <ThemeIcon variant="light" color="teal" size="sm" radius="xl" aria-hidden>
                <IconCheck size={14} />
              </ThemeIcon>
              <Text size="sm">{t('dashboard.nothingWaits')}</Text>
            </Group>
          ) : (
            <Stack gap="xs">
              {items.map(({ id, title, path, count }) => (
                <Paper key={id} withBorder radius="sm" px="sm" py="xs">
                  <Group justify="space-between" wrap="nowrap">
                    <Group gap="xs" wrap="nowrap">
                      <ThemeIcon variant="light" color="red" size="sm" radius="xl" aria-hidden>
                        <IconAlertTriangle size={14} />
                      </ThemeIcon>
                      <Anchor component={Link} to={path} size="sm" fw={500}>
                        {textIn(title)}
                      </Anchor>
                    </Group>
                    <Badge variant="light" color="red" radius="sm" style={{ flexShrink: 0 }}>
                      {count >= MOST ? `${number(MOST)}+` : number(count)}
                    </Badge>
                  </Group>
                </Paper>
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}
