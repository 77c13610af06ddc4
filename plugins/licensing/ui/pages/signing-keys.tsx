/** The keys that offline licences are signed with: the present one, and those that their files are still checked with. */
import { Alert, Button, Card, Stack, Table, Text, useMatches } from '@mantine/core';
import {
  $api,
  Confirm,
  CopyButton,
  Facts,
  Id,
  isRecord,
  Loaded,
  notifyDone,
  Page,
  Panel,
  State,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export default function SigningKeys() {
  const { t } = useTranslation('licensing');
  const keys = $api.useQuery('get', '/api/licenses/public-key');
  const rotate = $api.useMutation('post', '/api/platform/licensing/signing-keys');
  const isPhone = useMatches({ base: true, sm: false }, { getInitialValueInEffect: false });
  const [isAsking, setAsking] = useState(false);
  return (
    <Page
      title={t('keys.title')}
      intro={t('keys.intro')}
      actions={<Button onClick={() => setAsking(true)}>{t('keys.new')}</Button>}
    >
      <Loaded of={keys}>
        {({ kid: current, keys: all }) => (
          <Panel
            title={t('keys.published')}
            actions={<CopyButton value={JSON.stringify({ keys: all }, null, 2)} label={t('keys.copyAll')} />}
          >
            <Stack gap="sm">
              {isPhone ? (
                <Blocks keys={all.map(textsOf)} current={current} />
              ) : (
                <KeyTable keys={all.map(textsOf)} current={current} />
              )}
              <Alert color="blue" title={t('keys.ship')}>
                <Text size="sm">{t('keys.shipText')}</Text>
              </Alert>
            </Stack>
          </Panel>
        )}
      </Loaded>
      <Confirm
        title={t('keys.new')}
        name={null}
        action={t('keys.make')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const { kid } = await rotate.mutateAsync({});
          await keys.refetch();
          notifyDone(t('keys.made', { kid }));
        }}
      >
        {t('keys.newText')}
      </Confirm>
    </Page>
  );
}

interface KeysProps {
  keys: readonly { kid: string; x: string }[];
  current: string;
}

function KeyTable({ keys, current }: KeysProps) {
  const { t } = useTranslation('licensing');
  return (
    <Table layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('keys.id')}</Table.Th>
          <Table.Th>{t('keys.public')}</Table.Th>
          <Table.Th w="16%">{t('licences.status')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {keys.map(({ kid, x }) => (
          <Table.Tr key={kid}>
            <Table.Td>
              <Id value={kid} />
            </Table.Td>
            <Table.Td>
              <Id value={x} />
            </Table.Td>
            <Table.Td>
              <KeyState isCurrent={kid === current} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** On a telephone. */
function Blocks({ keys, current }: KeysProps) {
  const { t } = useTranslation('licensing');
  return (
    <Stack gap="xs" component="ul" p={0} m={0}>
      {keys.map(({ kid, x }) => (
        <Card key={kid} component="li" withBorder padding="sm">
          <Facts
            of={[
              [t('keys.id'), <Id key="id" value={kid} />],
              [t('keys.public'), <Id key="x" value={x} />],
              [t('licences.status'), <KeyState key="state" isCurrent={kid === current} />],
            ]}
          />
        </Card>
      ))}
    </Stack>
  );
}

function KeyState({ isCurrent }: { isCurrent: boolean }) {
  const { t } = useTranslation('licensing');
  return <State value={isCurrent ? 'active' : 'older'} text={t(isCurrent ? 'keys.current' : 'keys.older')} />;
}

/** A key as it is published (RFC 8037 §2). */
function textsOf(key: unknown): { kid: string; x: string } {
  const { kid = '', x = '' } = isRecord(key) ? key : {};
  return { kid: String(kid), x: String(x) };
}
