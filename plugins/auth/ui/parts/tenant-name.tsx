/** Renames a tenant, if nobody else has changed it meanwhile. */
import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, FormModal, issueOf, tellDone } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export const TENANT = '/api/platform/auth/tenants/{id}';

interface TenantNameProps {
  tenant: { id: string; name: string; version: string };
  isOpen: boolean;
  onClose(): void;
}

export function TenantName({ tenant, isOpen, onClose }: TenantNameProps) {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const [written, setWritten] = useState<string | null>(null);
  const name = written ?? tenant.name;
  const close = () => {
    setWritten(null);
    onClose();
  };
  const rename = async () => {
    const params = { path: { id: tenant.id }, header: { 'If-Match': `"${tenant.version}"` } };
    await api
      .PATCH(TENANT, { params, body: { name } })
      .finally(() => queries.invalidateQueries({ queryKey: ['get', TENANT] }));
    await queries.invalidateQueries({ queryKey: ['me'] });
    tellDone(t('tenants.renamed', { name }));
  };
  return (
    <FormModal title={t('tenants.rename')} action={t('shell:save')} isOpen={isOpen} onClose={close} onSubmit={rename}>
      {(error) => (
        <TextInput
          label={t('tenants.name')}
          required
          maxLength={200}
          data-autofocus
          value={name}
          error={issueOf(error, 'name')}
          onChange={(event) => setWritten(event.currentTarget.value)}
        />
      )}
    </FormModal>
  );
}
