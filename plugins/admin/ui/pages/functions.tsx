/** Functions of all plugins, as workflows and AI agents see them, and how an agent connects. */
import { Anchor, Badge, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { $api, CodeView, CopyButton, EmptyState, Link, Loaded, Page, Panel, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export default function Functions() {
  const { t } = useTranslation('admin');
  const functions = $api.useQuery('get', '/api/platform/functions');
  const [{ search = '' }, setUrl] = useUrlState();
  const wanted = search.toLowerCase();
  return (
    <Page title={t('functions.title')} intro={t('functions.intro')}>
      <TextInput
        label={t('functions.search')}
        leftSection={<IconSearch size={16} />}
        value={search}
        onChange={(event) => setUrl({ search: event.currentTarget.value })}
        maw={360}
      />
      <Loaded of={functions}>
        {({ items }) => {
          const found = items.filter(({ name, summary }) => `${name} ${summary}`.toLowerCase().includes(wanted));
          if (found.length === 0) return <EmptyState title={t('functions.none')} />;
          return (
            <Table verticalSpacing="xs" aria-label={t('functions.title')}>
              <Table.Tbody>
                {found.map(({ name, summary, callable, scope }) => (
                  <Table.Tr key={name}>
                    <Table.Td>
                      <Stack gap={2}>
                        <Group gap="xs">
                          <Anchor component={Link} to={`/automations/functions/${name}`} fw={500} size="sm">
                            {name}
                          </Anchor>
                          {!callable && (
                            <Badge color="gray" variant="light" tt="none" radius="sm">
                              {t('functions.notYours')}
                            </Badge>
                          )}
                        </Group>
                        <Text size="sm" c="dimmed">
                          {summary}
                        </Text>
                      </Stack>
                    </Table.Td>
                    <Table.Td visibleFrom="sm">{scope && <Code>{scope}</Code>}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          );
        }}
      </Loaded>
      <Agents />
    </Page>
  );
}

/** What most MCP clients take as `mcp.json`. */
function Agents() {
  const { t } = useTranslation('admin');
  const server = { type: 'http', url: `${location.origin}/mcp`, headers: { 'X-API-Key': 'mf_…' } };
  const file = JSON.stringify({ mcpServers: { patchbay: server } }, null, 2);
  return (
    <Panel title={t('functions.agents')} actions={<CopyButton value={file} />}>
      <Text size="sm" c="dimmed">
        {t('functions.agentsText')}
      </Text>
      <CodeView label={t('functions.agents')} language="json" value={file} />
    </Panel>
  );
}
