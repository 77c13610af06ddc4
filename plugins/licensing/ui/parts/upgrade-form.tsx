/** Another plan, product, number of places, last version or entitlements. */
import { Group, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { $api, api, FormModal, issueOf, notifyDone, useRows, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { upgradeLicence } from '../bounds.ts';
import { LICENCE, PLANS, PRODUCTS } from './choices.ts';
import { EntitlementsInput, entitlementsOf, entitlementsText } from './entitlements.tsx';
import { type ShownLicence, useReadLicencesAgain } from './shown-licence.ts';

function valuesOf({ plan, product, device_limit, max_version, entitlements }: ShownLicence) {
  const maxVersion = max_version ?? '';
  return { plan, product, places: device_limit, maxVersion, entitlements: entitlementsText(entitlements) };
}

export function UpgradeForm({ licence, onClose }: { licence: ShownLicence; onClose(): void }) {
  const { t } = useTranslation('licensing');
  const [values, setValues] = useState(valuesOf(licence));
  const products = useRows(PRODUCTS);
  const readAgain = useReadLicencesAgain();
  const upgrade = $api.useMutation('post', '/api/platform/licensing/licences/{id}/upgrade');
  const set = (changes: Partial<typeof values>) => setValues({ ...values, ...changes });
  const path = { id: licence.license_id };

  const versioned = useVersionedForm(licence, {
    read: async () => (await api.GET(LICENCE, { params: { path } })).data,
    refresh: readAgain,
    labels: {
      plan: t('licences.plan'),
      product: t('licences.product'),
      device_limit: t('licences.places'),
      max_version: t('licences.maxVersion'),
      entitlements: t('entitlements.label'),
    },
    textOf: (field, row) => (field === 'plan' ? t(`plan.${row.plan}`) : undefined),
  });

  const submit = async () => {
    const entitlements = entitlementsOf(values.entitlements);
    if (entitlements === null) throw new Error(t('entitlements.wrong'));
    const { product, places: device_limit } = values;
    const plan = PLANS.find((one) => one === values.plan);
    const max_version = values.maxVersion.trim() || null;
    // Whoever saves it makes a full licence of a trial, with nothing else changed too.
    const written = { ...(plan && { plan }), product, device_limit, max_version, entitlements, trial: false };
    // What is not touched is not named: the product's entitlements are not the licence's own.
    await versioned.save(written, (header, { device_limit: device_cap, trial: _, ...changes }) => {
      const body = { ...changes, ...(device_cap !== undefined && { device_cap }) };
      return upgrade.mutateAsync({ params: { path, header }, body });
    });
    await readAgain();
    notifyDone(t('licence.changed'));
  };
  const known = (products.data ?? []).map(({ code, name }) => ({ value: code, label: name }));
  return (
    <FormModal
      title={t('licence.change')}
      action={t('save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
    >
      {(error) => (
        <Stack gap="sm">
          <Group grow align="flex-start">
            <Select
              label={t('licences.plan')}
              data={PLANS.map((value) => ({ value, label: t(`plan.${value}`) }))}
              value={values.plan}
              onChange={(plan) => set({ plan: plan ?? values.plan })}
              allowDeselect={false}
              error={issueOf(error, 'plan')}
            />
            <Select
              label={t('licences.product')}
              placeholder={licence.product_name ?? t('licences.noProduct')}
              data={known}
              value={known.some(({ value }) => value === values.product) ? values.product : null}
              onChange={(product) => set({ product: product ?? values.product })}
              allowDeselect={false}
              searchable
              error={issueOf(error, 'product')}
            />
          </Group>
          <Group grow align="flex-start">
            <NumberInput
              label={t('licences.places')}
              value={values.places}
              onChange={(value) => set({ places: typeof value === 'number' ? value : values.places })}
              {...upgradeLicence.device_cap}
              error={issueOf(error, 'device_cap')}
            />
            <TextInput
              label={t('licences.maxVersion')}
              placeholder={t('licences.everyVersion')}
              value={values.maxVersion}
              onChange={(event) => set({ maxVersion: event.currentTarget.value })}
              {...upgradeLicence.max_version}
              error={issueOf(error, 'max_version')}
            />
          </Group>
          <EntitlementsInput
            value={values.entitlements}
            onChange={(entitlements) => set({ entitlements })}
            error={error}
          />
        </Stack>
      )}
    </FormModal>
  );
}
