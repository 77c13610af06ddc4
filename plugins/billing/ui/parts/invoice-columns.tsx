/** Columns that one's own list of invoices and that of all tenants share. */
import { ActionIcon, Tooltip } from '@mantine/core';
import IconFileTypePdf from '@tabler/icons-react/dist/esm/icons/IconFileTypePdf.mjs';
import { type Column, type Filter, Money, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const INVOICE_STATES = ['open', 'paid', 'void', 'uncollectible', 'refunded', 'disputed'] as const;

interface InvoiceRow {
  number: string;
  status: (typeof INVOICE_STATES)[number];
  currency: string;
  total: number;
  created_at: string;
  due_at: string;
  paid_at: string | null;
}

export function pdfOf(number: string): string {
  return `/api/platform/billing/invoices/${encodeURIComponent(number)}/pdf`;
}

export function useInvoiceColumns<Row extends InvoiceRow>(): readonly Column<Row>[] {
  const { t } = useTranslation('billing');
  return [
    { id: 'number', title: t('invoices.number'), cell: ({ number }) => number },
    {
      id: 'date',
      title: t('invoices.date'),
      sort: 'created_at',
      cell: ({ created_at }) => <Time at={created_at} style="date" />,
    },
    {
      id: 'status',
      title: t('invoices.status'),
      onPhone: true,
      cell: ({ status }) => <State value={status} text={t(`invoices.is.${status}`)} />,
    },
    {
      id: 'total',
      title: t('invoices.total'),
      align: 'end',
      onPhone: true,
      cell: ({ total, currency }) => <Money amount={total} currency={currency} />,
    },
    {
      id: 'due',
      title: t('invoices.due'),
      sort: 'due_at',
      isExtra: true,
      cell: ({ due_at }) => <Time at={due_at} style="date" />,
    },
    {
      id: 'paid',
      title: t('invoices.paid'),
      isExtra: true,
      cell: ({ paid_at }) => <Time at={paid_at} style="date" />,
    },
    {
      id: 'pdf',
      title: t('invoices.pdf'),
      align: 'end',
      onPhone: true,
      width: 0.5,
      cell: ({ number }) => (
        <Tooltip label={t('invoices.pdfOf', { number })}>
          <ActionIcon
            component="a"
            href={pdfOf(number)}
            download
            variant="subtle"
            aria-label={t('invoices.pdfOf', { number })}
          >
            <IconFileTypePdf size={18} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
}

export function useInvoiceFilters(): readonly Filter[] {
  const { t } = useTranslation('billing');
  return [
    {
      name: 'status',
      title: t('invoices.status'),
      choices: INVOICE_STATES.map((value) => ({ value, label: t(`invoices.is.${value}`) })),
    },
    { name: 'number', title: t('invoices.number'), kind: 'text' },
  ];
}
