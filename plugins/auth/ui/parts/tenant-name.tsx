/** Renames a tenant, if nobody else has changed it meanwhile. */
import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, FormModal, issueOf, notifyDone, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeTenant } from '../bounds.ts';

export const TENANT = '/api/platform/auth/tenants/{id}';

interface TenantNameProps {
  tenant: { id: string; name: string; version: string };
  onClose(): void;
}

export function TenantName({ tenant, onClose }: TenantNameProps) {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const [name, setName] = useState(tenant.name);
  const readAgain = () => queries.invalidateQueries({ queryKey: ['get', TENANT] });
  const path = { id: tenant.id };
  const versioned = useVersionedForm(tenant, {
    read: async () => (await api.GET(TENANT, { params: { path } })).data,
    refresh: readAgain,
    labels: { name: t('tenants.name') },
  });
  const rename = async () => {
    await versioned.save({ name }, (header, body) => api.PATCH(TENANT, { params: { path, header }, body }));
    await readAgain();
    await queries.invalidateQueries({ queryKey: ['me'] });
    notifyDone(t('tenants.renamed', { name }));
  };
  return (
    <FormModal
      title={t('tenants.rename')}
      action={t('shell:save')}
      isOpen
      onClose={onClose}
      onSubmit={rename}
      versioned={versioned}
    >
      {(error) => (
        <TextInput
          label={t('tenants.name')}
          required
          {...changeTenant.name}
          data-autofocus
          value={name}
          error={issueOf(error, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
    </FormModal>
  );
}
