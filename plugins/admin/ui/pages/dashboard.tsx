/** The start: what needs a person, what plugins have to show, and how it goes over time. Each sees theirs. */
import { Alert, Button, Group } from '@mantine/core';
import IconRocket from '@tabler/icons-react/dist/esm/icons/IconRocket.mjs';
import { Cards, Link, Page, useMay, useMe, useStore, Waiting } from 'patchbay-platform/ui';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Attention } from '../parts/attention.tsx';
import { firstSteps } from '../parts/first-steps-state.ts';
import { Today } from '../parts/today.tsx';

/** Below what is seen at once. */
const Charts = lazy(() => import('../parts/charts.tsx'));

export default function Dashboard() {
  const { t } = useTranslation('admin');
  const { user } = useMe();
  const name = user?.full_name || user?.username || user?.email;
  return (
    <Page title={t('dashboard.title')} intro={name ? t('dashboard.hello', { name }) : undefined}>
      <Invitation />
      <Attention />
      <Today />
      <Cards />
      <Suspense fallback={<Waiting />}>
        <Charts />
      </Suspense>
    </Page>
  );
}

/** To the first steps, until they are done or not wanted. */
function Invitation() {
  const { t } = useTranslation('admin');
  const state = useStore(firstSteps);
  const mayBegin = useMay()('admin.firstSteps');
  if (!mayBegin || state !== 'open') return null;
  return (
    <Alert icon={<IconRocket />} title={t('firstSteps.title')}>
      {t('firstSteps.invitation')}
      <Group gap="xs" mt="sm">
        <Button component={Link} to="/first-steps" size="xs">
          {t('firstSteps.begin')}
        </Button>
        <Button variant="default" size="xs" onClick={() => firstSteps.set('dismissed')}>
          {t('firstSteps.dismiss')}
        </Button>
      </Group>
    </Alert>
  );
}
