/** The mail domains of this server, and what their name service must say. */
import {
  Accordion,
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  Code,
  Group,
  Stack,
  Table,
  Text,
  TextInput,
  useMatches,
} from '@mantine/core';
import { $api, type AnswerOf, CopyButton, Facts, Link, Loaded, Page, State, useVisitor } from 'patchbay-platform/ui';
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

type DnsRecord = AnswerOf<'/api/platform/mail/domains/{domain}/records'>['items'][number];

interface RecordsProps {
  records: readonly DnsRecord[];
  isExample: boolean;
}

const COLORS = { ok: 'ok', other: 'neutral', different: 'failed', missing: 'failed' } as const;

function Records({ domain }: { domain: string }) {
  const { t } = useTranslation('mail');
  const isExample = RESERVED.test(domain);
  const isPhone = useMatches({ base: true, sm: false }, { getInitialValueInEffect: false });
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
            {isPhone ? (
              <Blocks records={items} isExample={isExample} />
            ) : (
              <RecordTable records={items} isExample={isExample} />
            )}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function RecordTable({ records, isExample }: RecordsProps) {
  const { t } = useTranslation('mail');
  return (
    <Table layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="22%">{t('domains.purpose')}</Table.Th>
          <Table.Th w="30%">{t('domains.name')}</Table.Th>
          <Table.Th>{t('domains.value')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {records.map((record) => (
          <Table.Tr key={record.purpose} style={{ verticalAlign: 'top' }}>
            <Table.Td>
              <Stack gap={4} align="flex-start">
                <Heading record={record} isExample={isExample} />
              </Stack>
            </Table.Td>
            <Table.Td>
              <Copied text={record.name} label={t('domains.copyName', { purpose: record.purpose })} />
            </Table.Td>
            <Table.Td>
              <Value record={record} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** On a telephone: what it is above, name and value below one another. */
function Blocks({ records, isExample }: RecordsProps) {
  const { t } = useTranslation('mail');
  return (
    <Stack gap="xs" component="ul" p={0} m={0}>
      {records.map((record) => (
        <Card key={record.purpose} component="li" withBorder padding="sm">
          <Stack gap="xs">
            <Group gap="xs" justify="space-between">
              <Heading record={record} isExample={isExample} />
            </Group>
            <Facts
              of={[
                [t('domains.type'), record.type],
                [
                  t('domains.name'),
                  <Copied key="name" text={record.name} label={t('domains.copyName', { purpose: record.purpose })} />,
                ],
                [t('domains.value'), <Value key="value" record={record} />],
              ]}
            />
          </Stack>
        </Card>
      ))}
    </Stack>
  );
}

function Heading({ record: { purpose, type, state }, isExample }: { record: DnsRecord; isExample: boolean }) {
  const { t } = useTranslation('mail');
  return (
    <>
      <Text size="sm" fw={600}>
        {purpose === type ? purpose : `${purpose} (${type})`}
      </Text>
      {!isExample && <State value={COLORS[state]} text={t(`domains.is.${state}`)} />}
    </>
  );
}

function Value({ record: { purpose, value, state, found } }: { record: DnsRecord }) {
  const { t } = useTranslation('mail');
  return (
    <>
      <Copied text={value} label={t('domains.copyValue', { purpose })} />
      {state !== 'ok' && found.length > 0 && (
        <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: 'anywhere' }}>
          {t('domains.found')} {found.join(' | ')}
        </Text>
      )}
    </>
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
