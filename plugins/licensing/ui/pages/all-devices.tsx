/** Devices of all licences; one can be switched off, and on again. */
import { Anchor } from '@mantine/core';
import { DataTable, EmptyState, Link, Page, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useDeviceSwitch } from '../parts/device-switch.tsx';
import { useMayManage } from '../parts/use-may-manage.ts';

export const DEVICES = '/api/platform/licensing/devices';

export default function AllDevices() {
  const { t } = useTranslation('licensing');
  const { turnOff, turnOn } = useDeviceSwitch();
  return (
    <Page title={t('devices.title')} intro={t('devices.intro')}>
      <DataTable
        list={DEVICES}
        label={t('devices.title')}
        rowKey={({ id }) => String(id)}
        defaultSort="-activated_at"
        live={['licence.activated']}
        filters={[
          {
            name: 'status',
            title: t('licences.status'),
            choices: (['active', 'deactivated'] as const).map((value) => ({ value, label: t(`devices.is.${value}`) })),
          },
          { name: 'device_id', title: t('devices.id'), kind: 'text' },
        ]}
        columns={[
          {
            id: 'name',
            title: t('devices.name'),
            width: 1.5,
            cell: ({ device_name, device_id }) => device_name || device_id,
          },
          {
            id: 'licence',
            title: t('devices.licence'),
            onPhone: true,
            cell: ({ license_id }) => (
              <Anchor component={Link} to={`/sales/licences/${license_id}`} size="sm">
                {license_id}
              </Anchor>
            ),
          },
          {
            id: 'status',
            title: t('licences.status'),
            onPhone: true,
            cell: ({ status }) => <State value={status} text={t(`devices.is.${status}`)} />,
          },
          { id: 'from', title: t('devices.from'), cell: ({ seen_from }) => seen_from || '–' },
          {
            id: 'seen',
            title: t('devices.seen'),
            onPhone: true,
            cell: ({ last_seen_at }) => <Time at={last_seen_at} style="ago" />,
          },
          {
            id: 'since',
            title: t('devices.since'),
            sort: 'activated_at',
            cell: ({ activated_at }) => <Time at={activated_at} style="date" />,
          },
          { id: 'id', title: t('devices.id'), isExtra: true, cell: ({ device_id }) => device_id },
        ]}
        bulk={
          useMayManage()
            ? [
                {
                  id: 'off',
                  title: t('devices.off'),
                  question: (count) => t('devices.offMany', { count }),
                  run: turnOff,
                },
                { id: 'on', title: t('devices.on'), run: turnOn },
              ]
            : []
        }
        empty={<EmptyState title={t('devices.none')} text={t('devices.noneText')} />}
      />
    </Page>
  );
}
