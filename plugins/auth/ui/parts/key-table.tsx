/** API keys as a table: one's own, those of a tenant, those of one person. */
import { Badge, Group, Text } from '@mantine/core';
import { DataTable, type DataTableProps, State, Time } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const LIST = '/api/platform/auth/api-keys';
type KeyTableProps = Pick<DataTableProps<typeof LIST>, 'bulk' | 'fixed' | 'urlKey'> & {
  /** Whether to say whose they are. */
  hasOwners: boolean;
  empty: ReactNode;
};

export function KeyTable({ hasOwners, ...rest }: KeyTableProps) {
  const { t } = useTranslation('auth');
  return (
    <DataTable
      {...rest}
      list={LIST}
      label={t('keys.title')}
      rowKey={({ id }) => id}
      to={({ id }) => `/settings/api-keys/${id}`}
      defaultSort="-created_at"
      filters={[
        {
          name: 'state',
          title: t('key.state'),
          choices: [
            { value: 'active', label: t('key.active') },
            { value: 'ended', label: t('key.ended') },
          ],
        },
      ]}
      columns={[
        {
          id: 'name',
          title: t('key.name'),
          width: 2,
          cell: (key) => (
            <Group gap={6} wrap="nowrap" component="span">
              <Text component="span" size="sm" fw={500} truncate>
                {key.name}
              </Text>
              {key.made_by_administrator && (
                <Badge size="xs" variant="default" tt="none">
                  {t('key.byAdministrator')}
                </Badge>
              )}
              {key.made_with && (
                <Badge size="xs" variant="default" tt="none" title={key.made_with}>
                  {t('key.byKey')}
                </Badge>
              )}
            </Group>
          ),
        },
        {
          id: 'prefix',
          title: t('key.prefix'),
          width: 1.3,
          cell: (key) => <Text ff="monospace" size="sm">{`${key.key_prefix}…`}</Text>,
        },
        ...(hasOwners
          ? [
              {
                id: 'owner',
                title: t('key.owner'),
                width: 2,
                cell: (key: { user_email: string | null }) => key.user_email ?? '–',
              },
            ]
          : []),
        {
          id: 'scopes',
          title: t('key.scopes'),
          cell: (key) => (key.scopes === null ? t('key.reachFull') : t('key.scopeCount', { count: key.scopes.length })),
        },
        {
          id: 'state',
          title: t('key.state'),
          onPhone: true,
          cell: (key) => (
            <State value={key.is_active ? 'active' : 'ended'} text={t(key.is_active ? 'key.active' : 'key.ended')} />
          ),
        },
        {
          id: 'expires',
          title: t('key.expires'),
          width: 1.2,
          cell: (key) => (key.expires_at ? <Time at={key.expires_at} style="date" /> : t('key.never')),
        },
        { id: 'used', title: t('key.used'), onPhone: true, cell: (key) => <Time at={key.last_used_at} style="ago" /> },
        {
          id: 'created',
          title: t('key.created'),
          sort: 'created_at',
          isExtra: true,
          cell: (key) => <Time at={key.created_at} style="ago" />,
        },
      ]}
    />
  );
}
