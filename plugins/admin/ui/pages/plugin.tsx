/** One plugin: how it is, where it is set up, how it is configured (without secrets), and what it has in the database. */
import { Accordion, Anchor, Group, List, Text } from '@mantine/core';
import { $api, CodeView, Facts, Link, Loaded, Page, Panel, State, useParam } from 'patchbay-platform/ui';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

export default function Plugin() {
  const { t } = useTranslation('admin');
  const name = useParam('name');
  const plugin = $api.useQuery('get', '/api/platform/plugins/{name}', { params: { path: { name } } });
  return (
    <Page
      title={name}
      intro={plugin.data?.summary}
      trail={[{ title: t('plugins.title'), to: '/settings/plugins' }]}
      actions={
        <Anchor href={`/docs#/${name}`} target="_blank" size="sm">
          {t('plugins.docs')}
        </Anchor>
      }
    >
      <Loaded of={plugin}>
        {({ version, requires, health, settings, config, migrations, table_prefix }) => (
          <>
            <Panel title={t('plugins.about')}>
              <Facts
                of={[
                  [t('plugins.version'), version],
                  [
                    t('plugins.health'),
                    health ? (
                      <State key="health" value={health.status} text={t(`health.${health.status}`)} />
                    ) : (
                      t('plugins.saysNothing')
                    ),
                  ],
                  settings.length > 0 && [t('plugins.settings'), <Areas key="settings" areas={settings} />],
                  requires.length > 0 && [t('plugins.requires'), <Needed key="requires" names={requires} />],
                  [t('plugins.tables'), `${table_prefix}*`],
                ]}
              />
            </Panel>
            {health?.detail && (
              <Folded title={t('plugins.detail')}>
                <CodeView
                  label={t('plugins.detail')}
                  language="json"
                  minHeight={20}
                  value={JSON.stringify(health.detail, null, 2)}
                />
              </Folded>
            )}
            <Folded title={t('plugins.config')}>
              <Text size="sm" c="dimmed">
                {t('plugins.configText')}
              </Text>
              <CodeView label={t('plugins.config')} language="json" value={JSON.stringify(config, null, 2)} />
            </Folded>
            {migrations.length > 0 && (
              <Folded title={t('plugins.migrations')} isOpen={migrations.some(({ applied }) => !applied)}>
                <List size="sm" spacing={4}>
                  {migrations.map((migration) => (
                    <List.Item key={migration.name}>
                      <Group gap="xs">
                        {migration.name}
                        {!migration.applied && <State value="waiting" text={t('plugins.notApplied')} />}
                      </Group>
                    </List.Item>
                  ))}
                </List>
              </Folded>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** What few look at: drawn once it is open. */
function Folded({ title, isOpen = false, children }: { title: string; isOpen?: boolean; children: ReactNode }) {
  const [open, setOpen] = useState<string | null>(isOpen ? title : null);
  return (
    <Accordion variant="contained" order={2} value={open} onChange={setOpen}>
      <Accordion.Item value={title}>
        <Accordion.Control>{title}</Accordion.Control>
        <Accordion.Panel>{open !== null && children}</Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

/** Where it is set up in the pages. */
function Areas({ areas }: { areas: readonly string[] }) {
  const overview = $api.useQuery('get', '/api/platform/server/settings');
  const titles = new Map(overview.data?.areas.map(({ area, title }) => [area, title]));
  return (
    <Group gap="xs">
      {areas.map((area) => (
        <Anchor key={area} component={Link} to={`/settings/server/${area}`} size="sm">
          {titles.get(area) ?? area}
        </Anchor>
      ))}
    </Group>
  );
}

/** `auth@^1.2` leads to `auth`. */
function Needed({ names }: { names: readonly string[] }) {
  return (
    <Group gap="xs">
      {names.map((needed) => (
        <Anchor key={needed} component={Link} to={`/settings/plugins/${needed.split('@')[0] ?? needed}`} size="sm">
          {needed}
        </Anchor>
      ))}
    </Group>
  );
}
