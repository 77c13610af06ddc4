/** My plan, and what is used of it: how much, how much it will be, and day by day. */
import { Alert, Button, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import {
  $api,
  type AnswerOf,
  Loaded,
  Page,
  Panel,
  Sentence,
  Sheet,
  Time,
  TryIt,
  useMay,
  useMe,
  useUrlState,
} from 'patchbay-platform/ui';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DaysPanel } from '../parts/days-panel.tsx';
import { meterCalls } from '../parts/meter-calls.ts';
import { MeterRow } from '../parts/meter-row.tsx';
import { useOwnSubscription } from '../parts/own-subscription.ts';
import { PlanPanel } from '../parts/plan-panel.tsx';

export default function Plan() {
  const { t } = useTranslation('billing');
  const own = useOwnSubscription();
  const usage = $api.useQuery('get', '/api/v2/usage/current');
  const [{ checkout }, setAddress] = useUrlState();
  // Where nothing limits and nothing is sold, no plan is anything to anybody.
  const hasPlan = useMay()('billing.invoices');
  return (
    <Page title={t('plan.title')} {...(!hasPlan && { intro: t('plan.none') })}>
      {(checkout === 'done' || checkout === 'canceled') && (
        <Alert
          color={checkout === 'done' ? 'teal' : 'gray'}
          withCloseButton
          closeButtonLabel={t('plan.dismiss')}
          onClose={() => setAddress({ checkout: null })}
        >
          {t(`plan.checkout.${checkout}`)}
        </Alert>
      )}
      {hasPlan && (
        <Loaded of={own} lines={4}>
          {(data) => <PlanPanel own={data} />}
        </Loaded>
      )}
      <Loaded of={usage}>
        {(data) => (
          <>
            <Usage {...data} />
            <DaysPanel meters={data.meters.toSorted(byCounter)} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Meters({ children }: { children: ReactNode }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" verticalSpacing="lg">
      {children}
    </SimpleGrid>
  );
}

/** First what this server counts. */
function byCounter(one: UsageProps['meters'][number], other: UsageProps['meters'][number]): number {
  return Number(one.counted_by === 'programs') - Number(other.counted_by === 'programs');
}

type UsageProps = AnswerOf<'/api/v2/usage/current'>;

/** What has no limit and was not used says nothing until somebody asks. */
function Usage({ meters, counted_since, resets_at }: UsageProps) {
  const { t } = useTranslation('billing');
  const { roles } = useMe();
  // As the route asks for it.
  const mayCount = roles.includes('owner') || roles.includes('admin');
  const [tried, setTried] = useState<string | null>(null);
  const [isWhole, setWhole] = useState(false);
  const telling = meters.filter(({ used, limit }) => used > 0 || limit >= 0);
  const shown = isWhole ? meters : telling;
  const byServer = shown.filter(({ counted_by }) => counted_by === 'server');
  const byPrograms = shown.filter(({ counted_by }) => counted_by === 'programs');
  return (
    <Panel title={t('usage.title')}>
      <Text size="sm" c="dimmed">
        <Sentence text={t('usage.intro')} parts={{ when: <Time at={resets_at} style="date" /> }} />
      </Text>
      {byServer.length > 0 ? (
        <Meters>
          {byServer.map((meter) => (
            <MeterRow key={meter.name} meter={meter} start={counted_since} end={resets_at} />
          ))}
        </Meters>
      ) : (
        <Text size="sm">{t('usage.nothingText')}</Text>
      )}
      {byPrograms.length > 0 && (
        <Stack gap="sm" component="section" aria-label={t('usage.byPrograms')}>
          <div>
            <Title order={3} size="h5">
              {t('usage.byPrograms')}
            </Title>
            <Text size="sm" c="dimmed">
              {t('usage.byProgramsText')}
            </Text>
          </div>
          <Meters>
            {byPrograms.map((meter) => (
              <MeterRow
                key={meter.name}
                meter={meter}
                start={counted_since}
                end={resets_at}
                {...(mayCount && { onTry: () => setTried(meter.name) })}
              />
            ))}
          </Meters>
        </Stack>
      )}
      {meters.length > telling.length && (
        <div>
          <Button variant="subtle" size="compact-sm" onClick={() => setWhole(!isWhole)} aria-expanded={isWhole}>
            {t(isWhole ? 'usage.less' : 'usage.all', { count: meters.length })}
          </Button>
        </div>
      )}
      {tried !== null && (
        <Sheet title={t('shell:tryIt.title')} onClose={() => setTried(null)}>
          <TryIt calls={meterCalls(t, tried)} scope="usage:manage" />
        </Sheet>
      )}
    </Panel>
  );
}
