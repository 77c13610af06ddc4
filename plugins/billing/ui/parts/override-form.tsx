/** Limits of a tenant's own, beyond those of its plan. */
import { Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, api, FormModal, notifyDone, useFormats, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LimitFields, type WrittenLimits } from './limit-fields.tsx';
import { UNLIMITED, useNames } from './names.ts';

export interface TenantTerms {
  tenant_id: string;
  plan_id: string;
  plan: Readonly<Record<string, number>>;
  overrides: Readonly<Record<string, number>>;
  effective: Readonly<Record<string, number>>;
  version: string;
}

const TENANT = '/api/platform/billing/tenants/{id}';

export function OverrideForm({ terms, onClose }: { terms: TenantTerms; onClose(): void }) {
  const { t } = useTranslation('billing');
  const { number } = useFormats();
  const client = useQueryClient();
  const [values, setValues] = useState<WrittenLimits>({ ...terms.overrides });
  const override = $api.useMutation('patch', '/api/platform/billing/tenants/{id}/overrides');
  const known = useNames();
  const path = { id: terms.tenant_id };
  const limitText = (limit: number) => (limit === UNLIMITED ? t('usage.unlimited') : number(limit));
  const ofPlan = (name: string) => t('tenants.asPlan', { limit: limitText(terms.plan[name] ?? UNLIMITED) });
  const readAgain = () => client.invalidateQueries({ queryKey: ['get', TENANT] });
  const versioned = useVersionedForm(ownLimits(terms), {
    read: async () => {
      const { data } = await api.GET(TENANT, { params: { path } });
      return data && ownLimits(data);
    },
    refresh: readAgain,
    labels: Object.fromEntries(Object.keys(terms.plan).map((name) => [name, known.limit(name)])),
    textOf: (name, { [name]: limit }) => (typeof limit === 'number' ? limitText(limit) : ofPlan(name)),
  });
  const submit = async () => {
    const written = Object.entries(values).map(([name, limit]) => [name, limit === '' ? undefined : limit]);
    await versioned.save(Object.fromEntries(written), (header, changes) => {
      const body = Object.fromEntries(Object.entries(changes).map(([name, limit]) => [name, limit ?? null]));
      return override.mutateAsync({ params: { path, header }, body });
    });
    await readAgain();
    notifyDone(t('tenants.limitsChanged'));
  };
  return (
    <FormModal
      title={t('tenants.ownLimits')}
      action={t('save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      size="lg"
    >
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

/** As they are changed: by their names. */
function ownLimits(terms: Pick<TenantTerms, 'overrides' | 'version'>): Record<string, unknown> & { version: string } {
  return { ...terms.overrides, version: terms.version };
}
