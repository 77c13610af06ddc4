/** The mail domains of this server, and what their name service must say. */
import { Accordion, Alert, Anchor, Badge, Button, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { $api, CopyButton, Link, Loaded, Page, State, useVisitor } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export default function Domains() {
  const { t } = useTranslation('mail');
  const visitor = useVisitor();
  const query = $api.useQuery('get', '/api/platform/mail/domains');
  return (
    <Page title={t('domains.title')} intro={t('domains.intro')}>
      <Loaded of={query}>
        {({ items }) => (
          <Accordion variant="separated" defaultValue={items.length === 1 ? (items[0]?.name ?? null) : null} order={2}>
            {items.map(({ name, is_public }) => (
              <Accordion.Item key={name} value={name}>
                <Accordion.Control>
                  <Group gap="xs">
                    <Text component="span" fw={600}>
                      {name}
                    </Text>
                    {is_public && (
                      <Badge variant="light" radius="sm" tt="none">
                        {t('domains.public')}
                      </Badge>
                    )}
                  </Group>
                </Accordion.Control>
                <Accordion.Panel>
                  <Records domain={name} />
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        )}
      </Loaded>
      {visitor?.is_superadmin && (
        <Anchor component={Link} to="/settings/server/domains" size="sm">
          {t('domains.more')}
        </Anchor>
      )}
    </Page>
  );
}

/** Names that belong to nobody (RFC 2606, RFC 6761): they stand in examples, and no mail reaches them. */
const RESERVED = /(^|\.)(example(\.(com|net|org))?|test|invalid|localhost)$/;

const COLORS = { ok: 'ok', other: 'neutral', different: 'failed', missing: 'failed' } as const;

function Records({ domain }: { domain: string }) {
  const { t } = useTranslation('mail');
  const isExample = RESERVED.test(domain);
  const [host, setHost] = useState('');
  const [asked, setAsked] = useState('');
  const query = $api.useQuery('get', '/api/platform/mail/domains/{domain}/records', {
    params: { path: { domain }, query: asked === '' ? {} : { host: asked } },
  });
  return (
    <Stack gap="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (host.trim() === asked) void query.refetch();
          else setAsked(host.trim());
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput
            label={t('domains.host')}
            placeholder={`mail.${domain}`}
            value={host}
            onChange={(event) => setHost(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={query.isFetching}>
            {t('domains.check')}
          </Button>
        </Group>
      </form>
      <Loaded of={query}>
        {({ items }) => (
          <>
            {isExample && (
              <Alert color="blue" p="xs" role="status">
                {t('domains.example', { domain })}
              </Alert>
            )}
            {!isExample && (
              <Alert color={items.every(({ state }) => state === 'ok') ? 'teal' : 'yellow'} p="xs" role="status">
                {items.every(({ state }) => state === 'ok') ? t('domains.allSet') : t('domains.notSet')}
              </Alert>
            )}
            <Table.ScrollContainer minWidth={560} scrollAreaProps={{ tabIndex: 0 }}>
              <Table layout="fixed">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th w="22%">{t('domains.purpose')}</Table.Th>
                    <Table.Th w="30%">{t('domains.name')}</Table.Th>
                    <Table.Th>{t('domains.value')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map(({ purpose, name, type, value, state, found }) => (
                    <Table.Tr key={purpose} style={{ verticalAlign: 'top' }}>
                      <Table.Td>
                        <Stack gap={4} align="flex-start">
                          <Text size="sm" fw={600}>
                            {purpose} ({type})
                          </Text>
                          {!isExample && <State value={COLORS[state]} text={t(`domains.is.${state}`)} />}
                        </Stack>
                      </Table.Td>
                      <Table.Td>
                        <Copied text={name} label={t('domains.copyName', { purpose })} />
                      </Table.Td>
                      <Table.Td>
                        <Copied text={value} label={t('domains.copyValue', { purpose })} />
                        {state !== 'ok' && found.length > 0 && (
                          <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: 'anywhere' }}>
                            {t('domains.found')} {found.join(' | ')}
                          </Text>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <Code style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{text}</Code>
      <CopyButton value={text} label={label} />
    </Group>
  );
}
