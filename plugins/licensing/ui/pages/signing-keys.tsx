/** The keys that offline licences are signed with: the present one, and those that their files are still checked with. */
import { Alert, Button, Stack, Table, Text } from '@mantine/core';
import { $api, Confirm, CopyButton, Id, isRecord, Loaded, Page, Panel, State, tellDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export default function SigningKeys() {
  const { t } = useTranslation('licensing');
  const keys = $api.useQuery('get', '/api/licenses/public-key');
  const rotate = $api.useMutation('post', '/api/platform/licensing/signing-keys');
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
              <Table.ScrollContainer minWidth={320}>
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('keys.id')}</Table.Th>
                      <Table.Th>{t('keys.public')}</Table.Th>
                      <Table.Th>{t('licences.status')}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {all.map(textsOf).map(({ kid, x }) => (
                      <Table.Tr key={kid}>
                        <Table.Td>
                          <Id value={kid} />
                        </Table.Td>
                        <Table.Td>
                          <Id value={x} />
                        </Table.Td>
                        <Table.Td>
                          <State
                            value={kid === current ? 'active' : 'older'}
                            text={t(kid === current ? 'keys.current' : 'keys.older')}
                          />
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
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
          tellDone(t('keys.made', { kid }));
        }}
      >
        {t('keys.newText')}
      </Confirm>
    </Page>
  );
}

/** A key as it is published (RFC 8037 §2). */
function textsOf(key: unknown): { kid: string; x: string } {
  const { kid = '', x = '' } = isRecord(key) ? key : {};
  return { kid: String(kid), x: String(x) };
}
