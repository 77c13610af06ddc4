/** People as a table: of one's tenant, of all tenants, of one tenant. Suspending many can be undone. */
import { Badge, Group, Text } from '@mantine/core';
import { api, DataTable, type DataTableProps, State, Time } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { changeUser } from '../bounds.ts';
import { nameOf } from './names.ts';

const LIST = '/api/platform/auth/users';
type UserTableProps = Pick<DataTableProps<typeof LIST>, 'fixed' | 'urlKey'> & { empty: ReactNode };

export function setStatus(id: string, status: 'active' | 'suspended') {
  return api.PATCH('/api/platform/auth/users/{id}', { params: { path: { id } }, body: { status } });
}

export function UserTable(props: UserTableProps) {
  const { t } = useTranslation('auth');
  return (
    <DataTable
      {...props}
      list={LIST}
      label={t('users.title')}
      search={t('users.search')}
      rowKey={({ id }) => id}
      to={({ id }) => `/settings/people/${id}`}
      defaultSort="-created_at"
      live={['user.created', 'user.deleted', 'user.suspended']}
      bulk={[
        {
          id: 'suspend',
          title: t('users.suspend'),
          run: ({ id }) => setStatus(id, 'suspended'),
          undo: ({ id, status }) => setStatus(id, status === 'suspended' ? 'suspended' : 'active'),
        },
        {
          id: 'activate',
          title: t('users.activate'),
          run: ({ id }) => setStatus(id, 'active'),
          undo: ({ id, status }) => setStatus(id, status === 'suspended' ? 'suspended' : 'active'),
        },
      ]}
      filters={[
        {
          name: 'status',
          title: t('users.status'),
          choices: [
            { value: 'active', label: t('users.active') },
            { value: 'suspended', label: t('users.suspended') },
          ],
        },
        {
          name: 'role',
          title: t('users.role'),
          choices: changeUser.role.values.map((value) => ({ value, label: t(`role.${value}`) })),
        },
      ]}
      columns={[
        {
          id: 'name',
          title: t('users.name'),
          width: 1.4,
          cell: (user) => (
            <Text component="span" size="sm" fw={500} truncate>
              {nameOf(user)}
            </Text>
          ),
        },
        { id: 'email', title: t('users.email'), width: 2.3, cell: (user) => <Mail of={user.email} />, onPhone: true },
        {
          id: 'role',
          title: t('users.role'),
          width: 1.6,
          cell: (user) => (
            <Group gap={6} wrap="nowrap" component="span">
              {t(`role.${user.role}`)}
              {user.is_superadmin && (
                <Badge size="xs" variant="default" tt="none" style={{ flexShrink: 0 }}>
                  {t('role.operator')}
                </Badge>
              )}
            </Group>
          ),
        },
        {
          id: 'status',
          title: t('users.status'),
          width: 1.3,
          onPhone: true,
          cell: (user) => <State value={user.status} text={t(`users.${user.status}`)} />,
        },
        {
          id: 'seen',
          title: t('users.seen'),
          width: 1.6,
          cell: (user) => <Time at={user.last_login_at} style="ago" />,
        },
        {
          id: 'created',
          title: t('users.created'),
          width: 1.6,
          // The newest are first all the same; there is no room for two times on a small screen.
          isExtra: true,
          sort: 'created_at',
          cell: (user) => <Time at={user.created_at} style="ago" />,
        },
      ]}
    />
  );
}

function Mail({ of }: { of: string | null }) {
  return <span title={of ?? undefined}>{of ?? '–'}</span>;
}
