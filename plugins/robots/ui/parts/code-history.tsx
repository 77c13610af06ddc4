/** What has become of an activation code: activations, refused tries, unbindings. */
import { Modal, Table, Text } from '@mantine/core';
import { $api, Loaded, Time, useFocusBack } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function CodeHistory({ code, onClose }: { code: string; onClose(): void }) {
  const { t } = useTranslation('robots');
  useFocusBack();
  const history = $api.useQuery('get', '/api/platform/robots/codes/{code}/history', { params: { path: { code } } });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('codes.historyOf', { code })}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <Loaded of={history}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('codes.noHistory')}
            </Text>
          ) : (
            <Table aria-label={t('codes.history')}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('codes.when')}</Table.Th>
                  <Table.Th>{t('codes.what')}</Table.Th>
                  <Table.Th>{t('codes.device')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(({ at, what, device_id, reason, ip }) => (
                  <Table.Tr key={`${at} ${what} ${device_id} ${ip}`}>
                    <Table.Td>
                      <Time at={at} />
                    </Table.Td>
                    <Table.Td>
                      {t(`codes.became.${what}`, { defaultValue: what })}
                      {reason !== '' && (
                        <Text size="xs" c="dimmed">
                          {reason}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>
                      {device_id ?? '–'}
                      {ip !== '' && (
                        <Text size="xs" c="dimmed">
                          {ip}
                        </Text>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
    </Modal>
  );
}
