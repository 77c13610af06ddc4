/** How a plan is paid by hand, for whoever has the address; it says so by itself when the money came in. */
import { Alert, Anchor, Paper, Stack, Text } from '@mantine/core';
import { $api, CopyButton, Facts, Link, Loaded, Money, Page, State, Time, useParam } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useGiven } from '../parts/given.ts';

/** Strangers have no live channel; who waits for a bank waits longer than this. */
const AGAIN_MS = 15_000;

export default function Checkout() {
  const { t } = useTranslation('billing');
  const given = useGiven();
  const session_id = useParam('session');
  const checkout = $api.useQuery(
    'get',
    '/api/platform/billing/checkouts/{session_id}',
    { params: { path: { session_id } } },
    { retry: false, refetchInterval: ({ state }) => (state.data?.status === 'open' ? AGAIN_MS : false) },
  );
  return (
    <Page title={t('checkout.title')}>
      <Loaded of={checkout} lines={4}>
        {({ plan, status, billing_cycle, amount, currency, expires_at, instructions, seller }) => (
          <Paper withBorder p="lg" radius="md">
            <Stack>
              <Facts
                of={[
                  [t('checkout.plan'), `${given(plan.display_name)} (${t(`cycle.${billing_cycle}`)})`],
                  [
                    t('checkout.amount'),
                    <Text key="amount" component="span" fw={700}>
                      <Money amount={amount} currency={currency} />
                    </Text>,
                  ],
                  [
                    t('checkout.reference'),
                    <span key="id">
                      <Text component="span" size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                        {session_id}
                      </Text>{' '}
                      <CopyButton value={session_id} label={t('checkout.copy')} />
                    </span>,
                  ],
                  isNamed(seller) && [t('checkout.seller'), <Seller key="seller" {...seller} />],
                  [t('checkout.status'), <State key="status" value={status} text={t(`checkout.is.${status}`)} />],
                  status === 'open' && [t('checkout.until'), <Time key="until" at={expires_at} />],
                ]}
              />
              {status === 'open' && (
                <Alert color="blue" title={t('checkout.how')}>
                  <Text size="sm" style={{ whiteSpace: 'pre-line' }}>
                    {given(instructions)}
                  </Text>
                  <Text size="sm" mt="xs">
                    {t('checkout.withReference')}
                  </Text>
                </Alert>
              )}
              {status === 'completed' && (
                <Alert color="teal" title={t('checkout.thanks')}>
                  {t('checkout.thanksText')}
                </Alert>
              )}
              {status === 'expired' && (
                <Alert color="yellow" title={t('checkout.over')}>
                  {t('checkout.overText')}
                </Alert>
              )}
              <Anchor component={Link} to={status === 'expired' ? '/settings/plan/change' : '/settings/plan'} size="sm">
                {t(status === 'expired' ? 'checkout.again' : 'checkout.back')}
              </Anchor>
            </Stack>
          </Paper>
        )}
      </Loaded>
    </Page>
  );
}

/** A server that nobody has told whose it is bears the name of the program. */
function isNamed({ name, address }: { name: string; address: string }): boolean {
  return name !== 'Patchbay' || address !== '';
}

function Seller({ name, address }: { name: string; address: string }) {
  return (
    <Text component="span" size="sm" style={{ whiteSpace: 'pre-line' }}>
      {address === '' ? name : `${name}\n${address}`}
    </Text>
  );
}
