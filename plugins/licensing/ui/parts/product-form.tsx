/** Making a product, and changing one: what its licences allow, and the rules for their devices. */
import { Group, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  FormModal,
  issueOf,
  notifyDone,
  type RowOf,
  readRows,
  slugOf,
  useVersionedForm,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createProduct } from '../bounds.ts';
import { POLICIES, PRODUCTS } from './choices.ts';
import { EntitlementsInput, entitlementsOf, entitlementsText } from './entitlements.tsx';

export type Product = RowOf<typeof PRODUCTS>;

/** As the server makes one of which nothing is said. */
const USUAL = {
  name: '',
  current_version: '',
  device_policy: 'refuse',
  floating: false,
  lease_seconds: 600,
  trial_days: 0,
  offline_days: 30,
  grace_days: 7,
};

function valuesOf(product: Product | null) {
  if (!product) return USUAL;
  const { name, device_policy, floating, lease_seconds, trial_days, offline_days, grace_days } = product;
  const current_version = product.current_version ?? '';
  return { name, current_version, device_policy, floating, lease_seconds, trial_days, offline_days, grace_days };
}

export function ProductForm({ product, onClose }: { product: Product | null; onClose(): void }) {
  const { t } = useTranslation('licensing');
  const client = useQueryClient();
  const readAgain = () => client.invalidateQueries({ queryKey: ['get', PRODUCTS] });
  // It follows the name until somebody writes another one.
  const [written, setWritten] = useState<string | null>(null);
  const [values, setValues] = useState(valuesOf(product));
  const code = written ?? slugOf(values.name, createProduct.code.maxLength);
  const [entitlements, setEntitlements] = useState(entitlementsText(product?.entitlements ?? {}));
  const make = $api.useMutation('post', PRODUCTS);
  const change = $api.useMutation('patch', '/api/platform/licensing/products/{id}');
  const set = (changes: Partial<typeof values>) => setValues({ ...values, ...changes });

  const versioned = useVersionedForm(product, {
    read: async () =>
      (await readRows(PRODUCTS, { query: { search: product?.product_id ?? '' } })).find(
        ({ product_id }) => product_id === product?.product_id,
      ),
    refresh: readAgain,
    labels: {
      name: t('products.name'),
      current_version: t('products.version'),
      device_policy: t('products.policy'),
      floating: t('products.floating'),
      lease_seconds: t('products.lease_seconds'),
      trial_days: t('products.trial_days'),
      offline_days: t('products.offline_days'),
      grace_days: t('products.grace_days'),
      entitlements: t('entitlements.label'),
    },
    textOf: (field, row) =>
      field === 'device_policy' ? t(`policy.${row.device_policy}`, { defaultValue: row.device_policy }) : undefined,
  });

  const submit = async () => {
    const granted = entitlementsOf(entitlements);
    if (granted === null) throw new Error(t('entitlements.wrong'));
    const { name, current_version, device_policy, ...rest } = values;
    const body = {
      ...rest,
      ...(name.trim() !== '' && { name: name.trim() }),
      entitlements: granted,
      current_version: current_version.trim() || null,
      device_policy: POLICIES.find((one) => one === device_policy) ?? 'refuse',
    };
    if (product)
      await versioned.save(body, (header, changes) =>
        change.mutateAsync({ params: { path: { id: product.product_id }, header }, body: changes }),
      );
    else await make.mutateAsync({ body: { code, ...body } });
    await readAgain();
    notifyDone(t(product ? 'products.changed' : 'products.made', { name: name || code }));
  };
  const number = (name: 'lease_seconds' | 'trial_days' | 'offline_days' | 'grace_days', error: unknown) => (
    <NumberInput
      label={t(`products.${name}`)}
      value={values[name]}
      onChange={(value) => set({ [name]: typeof value === 'number' ? value : createProduct[name].min })}
      {...createProduct[name]}
      error={issueOf(error, name)}
    />
  );
  return (
    <FormModal
      title={product ? t('products.edit', { name: product.name }) : t('products.new')}
      action={t(product ? 'save' : 'products.make')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      size="lg"
    >
      {(error) => (
        <Stack gap="sm">
          <Group grow align="flex-start">
            <TextInput
              label={t('products.name')}
              value={values.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
              {...createProduct.name}
              error={issueOf(error, 'name')}
              data-autofocus
            />
            {!product && (
              <TextInput
                label={t('products.code')}
                description={t('products.codeText')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                value={code}
                onChange={(event) => setWritten(event.currentTarget.value)}
                required
                {...createProduct.code}
                title={t('products.codeText')}
                error={issueOf(error, 'code')}
              />
            )}
            <TextInput
              label={t('products.version')}
              value={values.current_version}
              onChange={(event) => set({ current_version: event.currentTarget.value })}
              {...createProduct.current_version}
              error={issueOf(error, 'current_version')}
            />
          </Group>
          <Select
            label={t('products.policy')}
            data={POLICIES.map((value) => ({ value, label: t(`policy.${value}`) }))}
            value={values.device_policy}
            onChange={(value) => set({ device_policy: value ?? 'refuse' })}
            allowDeselect={false}
          />
          <Switch
            label={t('products.floating')}
            description={t('products.floatingText')}
            checked={values.floating}
            onChange={(event) => set({ floating: event.currentTarget.checked })}
          />
          {values.floating && number('lease_seconds', error)}
          <Group grow align="flex-start">
            {number('trial_days', error)}
            {number('offline_days', error)}
            {number('grace_days', error)}
          </Group>
          <EntitlementsInput value={entitlements} onChange={setEntitlements} error={error} />
        </Stack>
      )}
    </FormModal>
  );
}
