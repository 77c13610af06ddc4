/** One plugin: how it is, how it is configured (without secrets), and what it has in the database. */
import { Anchor, Group, List, Text } from '@mantine/core';
import { $api, CodeView, Facts, Link, Loaded, Page, Panel, State, useParam } from 'patchbay-platform/ui';
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
        {({ version, requires, health, config, migrations, table_prefix }) => (
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
                  requires.length > 0 && [t('plugins.requires'), <Needed key="requires" names={requires} />],
                  [t('plugins.tables'), `${table_prefix}*`],
                ]}
              />
            </Panel>
            {health?.detail && (
              <Panel title={t('plugins.detail')}>
                <CodeView
                  label={t('plugins.detail')}
                  language="json"
                  minHeight={20}
                  value={JSON.stringify(health.detail, null, 2)}
                />
              </Panel>
            )}
            <Panel title={t('plugins.config')}>
              <Text size="sm" c="dimmed">
                {t('plugins.configText')}
              </Text>
              <CodeView label={t('plugins.config')} language="json" value={JSON.stringify(config, null, 2)} />
            </Panel>
            {migrations.length > 0 && (
              <Panel title={t('plugins.migrations')}>
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
              </Panel>
            )}
          </>
        )}
      </Loaded>
    </Page>
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
