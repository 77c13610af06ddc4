/** Products: what licences are of. */
import { ActionIcon, Button } from '@mantine/core';
import IconCode from '@tabler/icons-react/dist/esm/icons/IconCode.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { DataTable, EmptyState, Id, later, Page, Sheet, Time, TryIt, useUrlState } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { POLICIES, PRODUCTS } from '../parts/choices.ts';
import { productCalls } from '../parts/licensing-calls.ts';
import type { Product } from '../parts/product-form.tsx';
import { useMayManage } from '../parts/use-may-manage.ts';

const ProductForm = later(() => import('../parts/product-form.tsx').then(({ ProductForm }) => ProductForm));

export default function Products() {
  const { t } = useTranslation('licensing');
  const mayManage = useMayManage();
  const [address, setAddress] = useUrlState();
  const [tried, setTried] = useState<Product | null>(null);
  const [edited, setEdited] = useState<Product | null>(null);
  const newProduct = mayManage ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('products.new')}
    </Button>
  ) : null;
  return (
    <Page title={t('products.title')} intro={t('products.intro')} actions={newProduct}>
      <DataTable
        list={PRODUCTS}
        label={t('products.title')}
        search={t('products.search')}
        rowKey={({ product_id }) => product_id}
        filters={[
          {
            name: 'floating',
            title: t('licences.floating'),
            choices: [
              { value: 'true', label: t('yes') },
              { value: 'false', label: t('no') },
            ],
          },
          {
            name: 'device_policy',
            title: t('products.policy'),
            choices: POLICIES.map((value) => ({ value, label: t(`policy.${value}`) })),
          },
        ]}
        columns={[
          {
            id: 'name',
            title: t('products.name'),
            sort: 'name',
            width: 1.5,
            cell: (product) =>
              mayManage ? (
                <Button variant="transparent" size="compact-sm" px={0} onClick={() => setEdited(product)}>
                  {product.name}
                </Button>
              ) : (
                product.name
              ),
          },
          { id: 'code', title: t('products.code'), sort: 'code', width: 1.3, cell: ({ code }) => code, onPhone: true },
          {
            id: 'id',
            title: t('products.id'),
            width: 1.5,
            cell: ({ product_id }) => <Id value={product_id} />,
          },
          {
            id: 'version',
            title: t('products.version'),
            width: 1.2,
            cell: ({ current_version }) => current_version ?? '–',
          },
          {
            id: 'policy',
            title: t('products.policy'),
            width: 1.8,
            cell: ({ device_policy }) => t(`policy.${device_policy}`, { defaultValue: device_policy }),
          },
          {
            id: 'floating',
            isExtra: true,
            title: t('licences.floating'),
            cell: ({ floating }) => t(floating ? 'yes' : 'no'),
          },
          {
            id: 'trial',
            title: t('products.trial_days'),
            align: 'end',
            isExtra: true,
            cell: ({ trial_days }) => trial_days,
          },
          {
            id: 'offline',
            title: t('products.offline_days'),
            align: 'end',
            isExtra: true,
            cell: ({ offline_days }) => offline_days,
          },
          {
            id: 'try',
            title: t('tryIt.program'),
            width: 0.8,
            cell: (product) => (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('tryIt.ofProduct', { name: product.name })}
                title={t('shell:tryIt.title')}
                onClick={() => setTried(product)}
              >
                <IconCode size={16} />
              </ActionIcon>
            ),
          },
          {
            id: 'made',
            title: t('licences.madeAt'),
            isExtra: true,
            cell: ({ created_at }) => <Time at={created_at} style="date" />,
          },
        ]}
        empty={<EmptyState title={t('products.none')} text={t('products.noneText')} action={newProduct} />}
      />
      {address.new === '1' && mayManage && <ProductForm product={null} onClose={() => setAddress({ new: null })} />}
      {tried && (
        <Sheet title={t('tryIt.ofProduct', { name: tried.name })} onClose={() => setTried(null)}>
          <TryIt calls={productCalls(t, tried)} scope="licenses:manage" />
        </Sheet>
      )}
      {edited && <ProductForm key={edited.product_id} product={edited} onClose={() => setEdited(null)} />}
    </Page>
  );
}
