/** The people of a tenant; for the operator, of all tenants. */
import { DataTable, EmptyState, Page, State, Time } from 'patchbay/ui';
import { useTranslation } from 'react-i18next';

export default function Users() {
  const { t } = useTranslation('auth');
  return (
    <Page title={t('users.title')}>
      <DataTable
        list="/api/platform/auth/users"
        label={t('users.title')}
        search={t('users.search')}
        rowKey={({ id }) => id}
        to={({ id }) => `/users/${id}`}
        defaultSort="-created_at"
        live={['user.created', 'user.deleted', 'user.suspended']}
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
            title: t('users.name'),
            width: 2,
            cell: (user) => user.full_name || user.username || user.email,
          },
          { id: 'email', title: t('users.email'), width: 2, cell: (user) => user.email, onPhone: true },
          { id: 'role', title: t('users.role'), cell: (user) => user.role },
          {
            id: 'status',
            title: t('users.status'),
            onPhone: true,
            cell: (user) => <State value={user.status} text={t(`users.${user.status}`)} />,
          },
          {
            id: 'created',
            title: t('users.created'),
            sort: 'created_at',
            cell: (user) => <Time at={user.created_at} style="ago" />,
          },
        ]}
        empty={<EmptyState title={t('users.empty')} />}
      />
    </Page>
  );
}
