/** Subscription and invoices of a tenant, for whoever has the sealed link. */
import { Anchor, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, EmptyState, Facts, Link, Loaded, Money, Page, State, Time, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useGiven } from '../parts/given.ts';

export default function Portal() {
  const { t } = useTranslation('billing');
  const given = useGiven();
  const [{ token = '' }] = useUrlState();
  const portal = useQuery({
    queryKey: ['portal', token],
    retry: false,
    enabled: token !== '',
    async queryFn({ signal }) {
      const { data } = await api.POST('/api/platform/billing/portal', { body: { token }, signal });
      if (!data) throw new Error('The server gave no answer');
      return data;
    },
  });
  return (
    <Page title={t('portal.title')}>
      {token === '' ? (
        <EmptyState
          title={t('portal.noLink')}
          text={
            <Anchor component={Link} to="/settings/plan">
              {t('checkout.back')}
            </Anchor>
          }
        />
      ) : (
        <Loaded of={portal} lines={4}>
          {({ plan, status, invoices }) => (
            <Paper withBorder p="lg" radius="md">
              <Stack>
                <Facts
                  of={[
                    [t('plan.plan'), given(plan.display_name)],
                    [
                      t('plan.status'),
                      <State key="status" value={status} text={t(`status.${status}`, { defaultValue: status })} />,
                    ],
                  ]}
                />
                <Title order={2} size="h5">
                  {t('invoices.title')}
                </Title>
                {invoices.length === 0 && (
                  <Text size="sm" c="dimmed">
                    {t('invoices.empty')}
                  </Text>
                )}
                {invoices.length > 0 && (
                  <Table.ScrollContainer minWidth={300}>
                    <Table>
                      <Table.Thead>
                        <Table.Tr>
                          <Table.Th>{t('invoices.number')}</Table.Th>
                          <Table.Th>{t('invoices.date')}</Table.Th>
                          <Table.Th>{t('invoices.status')}</Table.Th>
                          <Table.Th ta="end">{t('invoices.total')}</Table.Th>
                        </Table.Tr>
                      </Table.Thead>
                      <Table.Tbody>
                        {invoices.map((invoice) => (
                          <Table.Tr key={invoice.number}>
                            <Table.Td>{invoice.number}</Table.Td>
                            <Table.Td>
                              <Time at={invoice.created_at} style="date" />
                            </Table.Td>
                            <Table.Td>
                              <State value={invoice.status} text={t(`invoices.is.${invoice.status}`)} />
                            </Table.Td>
                            <Table.Td ta="end">
                              <Money amount={invoice.total} currency={invoice.currency} />
                            </Table.Td>
                          </Table.Tr>
                        ))}
                      </Table.Tbody>
                    </Table>
                  </Table.ScrollContainer>
                )}
              </Stack>
            </Paper>
          )}
        </Loaded>
      )}
    </Page>
  );
}
