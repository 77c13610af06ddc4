/** Places of a floating licence that are taken at this moment. */
import { Table, Text } from '@mantine/core';
import { Loaded, Panel, Time, useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function LeasesPanel({ id }: { id: string }) {
  const { t } = useTranslation('licensing');
  const leases = useRows('/api/platform/licensing/licences/{id}/leases', { at: { id } });
  return (
    <Panel title={t('leases.title')}>
      <Loaded of={leases} lines={2}>
        {(rows) =>
          rows.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('leases.none')}
            </Text>
          ) : (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('devices.id')}</Table.Th>
                  <Table.Th>{t('leases.since')}</Table.Th>
                  <Table.Th>{t('leases.until')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(({ device_id, acquired_at, expires_at }) => (
                  <Table.Tr key={device_id}>
                    <Table.Td>{device_id}</Table.Td>
                    <Table.Td>
                      <Time at={acquired_at} style="ago" />
                    </Table.Td>
                    <Table.Td>
                      <Time at={expires_at} style="ago" />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
    </Panel>
  );
}
