/** Servers of the Model Context Protocol that the organisation has named, with what each offers. */
import { ActionIcon, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import IconPlugConnected from '@tabler/icons-react/dist/esm/icons/IconPlugConnected.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { $api, Confirm, EmptyState, Loaded, later, Mono, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadAgain } from '../parts/ai-data.ts';
import { useMayAdminister } from '../parts/rights.ts';
import { GIVEN, type McpServer, OFFERED, SERVER, SERVERS } from './tools-data.ts';

const ServerForm = later(() => import('./server-form.tsx').then(({ ServerForm }) => ServerForm));

export function ServersTab() {
  const { t } = useTranslation('ai-replies');
  const mayChange = useMayAdminister();
  const servers = $api.useQuery('get', SERVERS);
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<McpServer | null>(null);
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t('servers.add')}
    </Button>
  );
  return (
    <>
      <Loaded of={servers} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon={<IconPlugConnected size={24} />}
              title={t('servers.none')}
              text={t('servers.noneText')}
              action={add}
            />
          ) : (
            <Stack>
              <Group>{add}</Group>
              {items.map((server) => (
                <ServerItem
                  key={server.name}
                  server={server}
                  {...(mayChange && { onRemove: () => setRemoved(server) })}
                />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {isAdding && <ServerForm onClose={() => setAdding(false)} />}
      {removed && <Remove server={removed} onClose={() => setRemoved(null)} />}
    </>
  );
}

function ServerItem({ server: { name, url, has_token }, onRemove }: { server: McpServer; onRemove?(): void }) {
  const { t } = useTranslation('ai-replies');
  const [isOpen, setOpen] = useState(false);
  return (
    <Paper component="section" withBorder radius="md" p="md" aria-label={name}>
      <Stack gap="xs">
        <Group justify="space-between" gap="sm">
          <Group gap="xs">
            <Title order={2} size="h4">
              {name}
            </Title>
            {has_token && (
              <Badge variant="default" tt="none" radius="sm">
                {t('servers.token')}
              </Badge>
            )}
          </Group>
          <Group gap="xs">
            <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {t(isOpen ? 'servers.hide' : 'servers.offers')}
            </Button>
            {onRemove && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('servers.removeOne', { name })}
                onClick={onRemove}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </Group>
        </Group>
        <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
          <Mono>{url}</Mono>
        </Text>
        {isOpen && <Offers name={name} />}
      </Stack>
    </Paper>
  );
}

function Offers({ name }: { name: string }) {
  const { t } = useTranslation('ai-replies');
  const offers = $api.useQuery('get', `${SERVER}/tools`, { params: { path: { name } } }, { retry: false });
  return (
    <Loaded of={offers} lines={2}>
      {({ items }) => (
        <Stack gap="xs" component="ul" p={0} m={0}>
          {items.length === 0 && (
            <Text size="sm" c="dimmed" component="li">
              {t('servers.offersNothing')}
            </Text>
          )}
          {items.map((tool) => (
            <li key={tool.name} style={{ listStyle: 'none' }}>
              <Group gap="xs">
                <Text size="sm" fw={500}>
                  {tool.name}
                </Text>
                <Badge variant="light" color={tool.read_only ? 'teal' : 'yellow'} tt="none" radius="sm">
                  {t(tool.read_only ? 'servers.reads' : 'servers.changes')}
                </Badge>
              </Group>
              <Text size="sm" c="dimmed">
                {tool.description}
              </Text>
            </li>
          ))}
        </Stack>
      )}
    </Loaded>
  );
}

function Remove({ server: { name }, onClose }: { server: McpServer; onClose(): void }) {
  const { t } = useTranslation('ai-replies');
  const remove = $api.useMutation('delete', SERVER);
  const readAgain = useReadAgain(SERVERS, OFFERED, GIVEN);
  return (
    <Confirm
      title={t('servers.removeOne', { name })}
      name={null}
      action={t('servers.remove')}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await remove.mutateAsync({ params: { path: { name } } });
        await readAgain();
        notifyDone(t('servers.removed', { name }));
      }}
    >
      {t('servers.removeText')}
    </Confirm>
  );
}
