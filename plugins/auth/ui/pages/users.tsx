/** The people of a tenant; for the operator, of all tenants. */
import { Button } from '@mantine/core';
import { EmptyState, Link, Page, useMe } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { UserTable } from '../parts/user-table.tsx';

export default function Users() {
  const { t } = useTranslation('auth');
  const { is_superadmin } = useMe();
  return (
    <Page
      title={t('users.title')}
      intro={t(is_superadmin ? 'users.introAll' : 'users.intro')}
      actions={
        <Button component={Link} to="/settings/people/invitations?new=1">
          {t('invitations.new')}
        </Button>
      }
    >
      <UserTable empty={<EmptyState title={t('users.empty')} />} />
    </Page>
  );
}
