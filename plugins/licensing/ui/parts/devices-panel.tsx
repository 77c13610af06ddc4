/** The devices that use a licence; a vendor switches them off and on. */
import { Button, Table, Text } from '@mantine/core';
import { notifyDone, notifyFailed, Panel, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useDeviceSwitch } from './device-switch.tsx';
import { type ShownLicence, useReadLicencesAgain } from './shown-licence.ts';
import { useMayManage } from './use-may-manage.ts';

export function DevicesPanel({ licence: { license_id, devices } }: { licence: ShownLicence }) {
  const { t } = useTranslation('licensing');
  const mayManage = useMayManage();
  const { turnOff, turnOn } = useDeviceSwitch();
  const readAgain = useReadLicencesAgain();
  const put = async (device_id: string, isOn: boolean) => {
    await (isOn ? turnOn : turnOff)({ license_id, device_id });
    await readAgain();
  };
  const toggle = async (device_id: string, isOn: boolean) => {
    await put(device_id, !isOn);
    notifyDone(t(isOn ? 'devices.isOff' : 'devices.isOn'), () => put(device_id, isOn).catch(notifyFailed));
  };
  return (
    <Panel title={t('devices.title')}>
      {devices.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('devices.noneText')}
        </Text>
      )}
      {devices.length > 0 && (
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('devices.name')}</Table.Th>
                <Table.Th>{t('licences.status')}</Table.Th>
                <Table.Th>{t('devices.seen')}</Table.Th>
                {mayManage && <Table.Th ta="end">{t('devices.switch')}</Table.Th>}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {devices.map(({ device_id, device_name, status, last_seen_at }) => {
                const isOn = status === 'active';
                const name = device_name || device_id;
                return (
                  <Table.Tr key={device_id}>
                    <Table.Td>
                      {name}
                      {device_name !== '' && (
                        <Text size="xs" c="dimmed" ff="monospace">
                          {device_id}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>
                      <State value={status} text={t(`devices.is.${status}`, { defaultValue: status })} />
                    </Table.Td>
                    <Table.Td>
                      <Time at={last_seen_at} style="ago" />
                    </Table.Td>
                    {mayManage && (
                      <Table.Td ta="end">
                        <Button
                          size="compact-sm"
                          variant="default"
                          onClick={() => toggle(device_id, isOn).catch(notifyFailed)}
                          aria-label={t(isOn ? 'devices.offNamed' : 'devices.onNamed', { name })}
                        >
                          {t(isOn ? 'devices.off' : 'devices.on')}
                        </Button>
                      </Table.Td>
                    )}
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
}
