/** Payments that were begun; those by hand wait here until somebody has seen the money. */
import { Button, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  Confirm,
  DataTable,
  EmptyState,
  Id,
  Money,
  notifyDone,
  Sentence,
  State,
  Time,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SalesPage } from '../../parts/sales-page.tsx';
import { useTenantColumn } from '../../parts/tenant-cell.tsx';

interface Payment {
  session_id: string;
  tenant_name: string | null;
  amount: number;
  currency: string;
}

export default function Checkouts() {
  const { t } = useTranslation('billing');
  const client = useQueryClient();
  const tenant = useTenantColumn();
  const [asked, setAsked] = useState<Payment | null>(null);
  const confirm = $api.useMutation('post', '/api/platform/billing/checkouts/{session_id}/confirm');
  const run = ({ session_id }: Payment) => confirm.mutateAsync({ params: { path: { session_id } } });
  return (
    <SalesPage part="checkouts">
      <DataTable
        list="/api/platform/billing/checkouts"
        label={t('sales.checkouts')}
        rowKey={({ session_id }) => session_id}
        defaultSort="-created_at"
        live={['subscription.*', 'plan.changed', 'invoice.*']}
        filters={[
          {
            name: 'status',
            title: t('plan.status'),
            choices: (['open', 'completed', 'expired'] as const).map((value) => ({
              value,
              label: t(`checkout.is.${value}`),
            })),
          },
          { name: 'session_id', title: t('checkout.reference'), kind: 'text' },
        ]}
        columns={[
          tenant,
          {
            id: 'amount',
            title: t('checkout.amount'),
            align: 'end',
            onPhone: true,
            cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
          },
          {
            id: 'status',
            title: t('plan.status'),
            onPhone: true,
            width: 0.9,
            cell: ({ status }) => <State value={status} text={t(`checkout.is.${status}`)} />,
          },
          {
            id: 'begun',
            title: t('sales.begun'),
            sort: 'created_at',
            width: 1.2,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          {
            id: 'reference',
            title: t('checkout.reference'),
            width: 2,
            cell: ({ session_id }) => <Id value={session_id} />,
          },
          { id: 'provider', title: t('sales.provider'), isExtra: true, cell: ({ provider }) => provider },
          {
            id: 'until',
            title: t('checkout.until'),
            sort: 'expires_at',
            isExtra: true,
            cell: ({ expires_at }) => <Time at={expires_at} />,
          },
          {
            id: 'confirm',
            title: t('actions'),
            align: 'end',
            onPhone: true,
            width: 1.3,
            cell: (row) =>
              row.status === 'open' && row.provider === 'manual' ? (
                <Button size="compact-sm" variant="light" onClick={() => setAsked(row)}>
                  {t('sales.confirm')}
                </Button>
              ) : null,
          },
        ]}
        bulk={[
          {
            id: 'confirm',
            title: t('sales.confirm'),
            question: (count) => t('sales.confirmMany', { count }),
            run,
          },
        ]}
        empty={<EmptyState title={t('sales.noCheckouts')} text={t('sales.noCheckoutsText')} />}
      />
      {asked && (
        <Confirm
          isOpen
          title={t('sales.confirm')}
          name={null}
          action={t('sales.confirm')}
          onClose={() => setAsked(null)}
          onConfirm={async () => {
            await run(asked);
            await client.invalidateQueries({ queryKey: ['get', '/api/platform/billing/checkouts'] });
            notifyDone(t('sales.confirmed'));
          }}
        >
          <Text size="sm">
            <Sentence
              text={t('sales.confirmOne', { tenant: asked.tenant_name ?? t('sales.erased') })}
              parts={{ amount: <Money amount={asked.amount} currency={asked.currency} /> }}
            />
          </Text>
        </Confirm>
      )}
    </SalesPage>
  );
}
