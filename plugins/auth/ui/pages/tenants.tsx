/** All organisations of this server, for its operator. */
import { Text } from '@mantine/core';
import { api, Count, DataTable, EmptyState, Page, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { changeTenant } from '../bounds.ts';
import { TENANT } from '../parts/tenant-name.tsx';

export default function Tenants() {
  const { t } = useTranslation('auth');
  const set = (id: string, status: 'active' | 'suspended') =>
    api.PATCH(TENANT, { params: { path: { id } }, body: { status } });
  return (
    <Page title={t('tenants.title')} intro={t('tenants.intro')}>
      <DataTable
        list="/api/platform/auth/tenants"
        label={t('tenants.title')}
        search={t('tenants.search')}
        rowKey={({ id }) => id}
        to={({ id }) => `/organisations/${id}`}
        defaultSort="-created_at"
        live={['tenant.created', 'tenant.deleted']}
        bulk={changeTenant.status.values.map((status) => ({
          id: status,
          title: t(status === 'active' ? 'users.activate' : 'users.suspend'),
          question: (count: number) => t(`tenants.${status}Many`, { count }),
          run: ({ id }: { id: string }) => set(id, status),
          undo: ({ id, status: former }: { id: string; status: string }) =>
            set(id, former === 'suspended' ? 'suspended' : 'active'),
        }))}
        filters={[
          {
            name: 'status',
            title: t('users.status'),
            choices: [
              { value: 'active', label: t('users.active') },
              { value: 'suspended', label: t('users.suspended') },
            ],
          },
        ]}
        columns={[
          {
            id: 'name',
            title: t('tenants.name'),
            sort: 'name',
            width: 2,
            cell: ({ name }) => (
              <Text component="span" size="sm" fw={500} truncate>
                {name}
              </Text>
            ),
          },
          {
            id: 'people',
            title: t('tenants.people'),
            align: 'end',
            cell: ({ user_count }) => <Count value={user_count} />,
          },
          {
            id: 'status',
            title: t('users.status'),
            onPhone: true,
            cell: ({ status }) => <State value={status} text={t(`users.${status}`)} />,
          },
          {
            id: 'created',
            title: t('tenants.since'),
            sort: 'created_at',
            onPhone: true,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
        ]}
        empty={<EmptyState title={t('tenants.empty')} />}
      />
    </Page>
  );
}
