/** Limits of a tenant's own, beyond those of its plan. */
import { Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, FormModal, tellDone, useFormats } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LimitFields, type WrittenLimits } from './limit-fields.tsx';
import { UNLIMITED } from './names.ts';

export interface TenantTerms {
  tenant_id: string;
  plan_id: string;
  plan: Readonly<Record<string, number>>;
  overrides: Readonly<Record<string, number>>;
  effective: Readonly<Record<string, number>>;
  version: string;
}

export function OverrideForm({ terms, onClose }: { terms: TenantTerms; onClose(): void }) {
  const { t } = useTranslation('billing');
  const { number } = useFormats();
  const client = useQueryClient();
  const [values, setValues] = useState<WrittenLimits>({ ...terms.overrides });
  const override = $api.useMutation('patch', '/api/platform/billing/tenants/{id}/overrides');
  const submit = async () => {
    const changed = Object.entries(values).filter(([name, limit]) => (terms.overrides[name] ?? '') !== limit);
    const body = Object.fromEntries(changed.map(([name, limit]) => [name, limit === '' ? null : limit]));
    const params = { path: { id: terms.tenant_id }, header: { 'If-Match': `"${terms.version}"` } };
    try {
      await override.mutateAsync({ params, body });
    } finally {
      // Also when somebody else was faster: the fields then stand beside what holds now.
      await client.invalidateQueries({ queryKey: ['get', '/api/platform/billing/tenants/{id}'] });
    }
    tellDone(t('tenants.limitsChanged'));
  };
  const ofPlan = (name: string) => {
    const limit = terms.plan[name] ?? UNLIMITED;
    return t('tenants.asPlan', { limit: limit === UNLIMITED ? t('usage.unlimited') : number(limit) });
  };
  return (
    <FormModal title={t('tenants.ownLimits')} action={t('save')} isOpen onClose={onClose} onSubmit={submit} size="lg">
      {() => (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('tenants.ownLimitsText')}
          </Text>
          <LimitFields names={Object.keys(terms.plan)} values={values} onChange={setValues} placeholder={ofPlan} />
        </Stack>
      )}
    </FormModal>
  );
}
