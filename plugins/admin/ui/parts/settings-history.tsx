/** Earlier versions of an area's settings, and the way back to one. */
import { Accordion, Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, type AnswerOf, Confirm, Loaded, notifyDone, Time } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { concernsSettings } from './concerns-settings.ts';

type Area = AnswerOf<'/api/platform/server/settings/{area}'>;

export function SettingsHistory({ view }: { view: Area }) {
  const { t } = useTranslation('admin');
  if (view.version === 0) return null;
  return (
    <Accordion variant="contained">
      <Accordion.Item value="history">
        <Accordion.Control>{t('serverSettings.history')}</Accordion.Control>
        <Accordion.Panel>
          <Versions view={view} />
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

function Versions({ view: { area, version: current, settings } }: { view: Area }) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const versions = $api.useQuery('get', '/api/platform/server/settings/{area}/versions', {
    params: { path: { area } },
  });
  const restore = $api.useMutation('post', '/api/platform/server/settings/{area}/versions/{version}/restore');
  const titles = new Map(settings.map(({ name, title }) => [name, title]));
  const [wanted, setWanted] = useState<number | null>(null);
  return (
    <Loaded of={versions}>
      {({ items }) => (
        <Stack gap="xs">
          {items.map(({ version, changed, created_at }) => (
            <Group key={version} justify="space-between" wrap="nowrap">
              <Stack gap={0}>
                <Text size="sm">
                  {t('serverSettings.version', { version })} · <Time at={created_at} />
                </Text>
                <Text size="xs" c="dimmed">
                  {changed.map((name) => titles.get(name) ?? name).join(t('serverSettings.comma'))}
                </Text>
              </Stack>
              {version !== current && (
                <Button size="compact-sm" variant="default" onClick={() => setWanted(version)}>
                  {t('serverSettings.restore')}
                </Button>
              )}
            </Group>
          ))}
          <Confirm
            isOpen={wanted !== null}
            title={t('serverSettings.restoreQuestion', { version: wanted ?? 0 })}
            name={null}
            action={t('serverSettings.restore')}
            onClose={() => setWanted(null)}
            onConfirm={async () => {
              await restore.mutateAsync({ params: { path: { area, version: wanted ?? 0 } } });
              await queries.invalidateQueries({ predicate: concernsSettings });
              notifyDone(t('serverSettings.restored'));
            }}
          >
            {t('serverSettings.restoreText')}
          </Confirm>
        </Stack>
      )}
    </Loaded>
  );
}
