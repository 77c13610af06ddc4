/** One invoice: what it is for, whether it is paid, and as PDF. Super-admins note that its money came in. */
import { Alert, Button, Table, Text } from '@mantine/core';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import {
  $api,
  type AnswerOf,
  Facts,
  Loaded,
  Money,
  notifyDone,
  notifyFailed,
  Page,
  Panel,
  State,
  Time,
  useLiveRefresh,
  useMay,
  useMe,
  useParam,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useGiven } from '../parts/given.ts';
import { pdfOf } from '../parts/invoice-columns.tsx';
import { useOwnSubscription } from '../parts/own-subscription.ts';

export default function Invoice() {
  const { t } = useTranslation('billing');
  const number = useParam('number');
  const may = useMay();
  const invoice = $api.useQuery('get', '/api/platform/billing/invoices/{number}', { params: { path: { number } } });
  useLiveRefresh(['invoice.*'], () => invoice.refetch());
  const trail = may('billing.sales')
    ? { title: t('sales.invoices'), to: '/sales/invoices' }
    : { title: t('invoices.title'), to: '/settings/plan/invoices' };
  return (
    <Page
      title={number}
      trail={[trail]}
      actions={
        <>
          {invoice.data?.status === 'open' && may('billing.sales') && (
            <ConfirmPaid number={number} onDone={invoice.refetch} />
          )}
          <Button
            component="a"
            href={pdfOf(number)}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t('invoices.pdf')}
          </Button>
        </>
      }
    >
      <Loaded of={invoice}>{(data) => <Shown {...data} />}</Loaded>
    </Page>
  );
}

type InvoiceData = AnswerOf<'/api/platform/billing/invoices/{number}'>;

function Shown(invoice: InvoiceData) {
  const { t } = useTranslation('billing');
  const { currency, customer, issuer } = invoice;
  const money = (amount: number) => <Money amount={amount} currency={currency} />;
  return (
    <>
      {invoice.status === 'open' && <HowToPay />}
      <Panel title={t('invoices.facts')}>
        <Facts
          of={[
            [
              t('invoices.status'),
              <State key="status" value={invoice.status} text={t(`invoices.is.${invoice.status}`)} />,
            ],
            [t('invoices.customer'), [...new Set([customer.name, customer.email])].filter(Boolean).join(', ')],
            [t('invoices.issuer'), issuer.name],
            [t('invoices.date'), <Time key="date" at={invoice.created_at} style="date" />],
            [
              t('invoices.period'),
              <span key="period">
                <Time at={invoice.period_start} style="date" /> – <Time at={invoice.period_end} style="date" />
              </span>,
            ],
            invoice.status === 'open' && [t('invoices.due'), <Time key="due" at={invoice.due_at} style="date" />],
            invoice.paid_at !== null && [t('invoices.paid'), <Time key="paid" at={invoice.paid_at} style="date" />],
            invoice.refunded > 0 && [t('invoices.refunded'), money(invoice.refunded)],
          ]}
        />
      </Panel>
      <Panel title={t('invoices.lines')}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('invoices.what')}</Table.Th>
              <Table.Th ta="end">{t('invoices.amount')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {invoice.lines.map(({ description, amount }) => (
              <Table.Tr key={`${description} ${amount}`}>
                <Table.Td>{description}</Table.Td>
                <Table.Td ta="end">{money(amount)}</Table.Td>
              </Table.Tr>
            ))}
            {invoice.discount > 0 && <Sum name={t('change.discount')}>{money(-invoice.discount)}</Sum>}
            {invoice.credit > 0 && <Sum name={t('change.creditUsed')}>{money(-invoice.credit)}</Sum>}
            <Sum name={t('invoices.total')} isTotal>
              {money(invoice.total)}
            </Sum>
          </Table.Tbody>
        </Table>
      </Panel>
    </>
  );
}

function Sum({ name, isTotal = false, children }: { name: string; isTotal?: boolean; children: React.ReactNode }) {
  return (
    <Table.Tr fw={isTotal ? 700 : undefined}>
      <Table.Td>{name}</Table.Td>
      <Table.Td ta="end">{children}</Table.Td>
    </Table.Tr>
  );
}

function HowToPay() {
  const { t } = useTranslation('billing');
  const given = useGiven();
  const isOperator = useMe().is_superadmin;
  const own = useOwnSubscription();
  const instructions = own.data?.subscription?.instructions;
  if (isOperator || !instructions) return null;
  return (
    <Alert color="blue" title={t('invoices.howToPay')}>
      <Text size="sm" style={{ whiteSpace: 'pre-line' }}>
        {given(instructions)}
      </Text>
    </Alert>
  );
}

function ConfirmPaid({ number, onDone }: { number: string; onDone(): unknown }) {
  const { t } = useTranslation('billing');
  const confirm = $api.useMutation('post', '/api/platform/billing/invoices/{number}/confirm');
  return (
    <Button
      loading={confirm.isPending}
      onClick={() =>
        confirm.mutate(
          { params: { path: { number } } },
          {
            onSuccess: () => {
              notifyDone(t('sales.confirmed'));
              onDone();
            },
            onError: notifyFailed,
          },
        )
      }
    >
      {t('sales.confirm')}
    </Button>
  );
}
