/** API keys: one's own, and for administrators those of the tenant. */
import { Button } from '@mantine/core';
import IconKey from '@tabler/icons-react/dist/esm/icons/IconKey.mjs';
import { api, EmptyState, Page, useMay, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { KeyTable } from '../parts/key-table.tsx';
import { NewKey } from '../parts/new-key.tsx';

export default function Keys() {
  const { t } = useTranslation('auth');
  const may = useMay();
  const [state, setState] = useUrlState();
  const open = () => setState({ new: '1' });
  return (
    <Page title={t('keys.title')} intro={t('keys.intro')} actions={<Button onClick={open}>{t('key.new')}</Button>}>
      <KeyTable
        hasOwners={may('auth.users')}
        bulk={[
          {
            id: 'revoke',
            title: t('key.revoke'),
            color: 'red',
            question: (count) => t('key.revokeMany', { count }),
            run: ({ id }) => api.DELETE('/api/v2/api-keys/{id}', { params: { path: { id } } }),
          },
        ]}
        empty={
          <EmptyState
            icon={<IconKey />}
            title={t('keys.empty')}
            text={t('keys.emptyText')}
            action={<Button onClick={open}>{t('key.new')}</Button>}
          />
        }
      />
      <NewKey isOpen={state.new !== undefined} onClose={() => setState({ new: null })} />
    </Page>
  );
}
