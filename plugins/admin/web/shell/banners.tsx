/** What concerns every page: no connection, and a server that has been upgraded. */
import { Alert, Button, Group } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { uiQuery, useUi } from '../client/me.ts';
import { isServerGone } from '../client/server-reach.ts';
import { useStore } from '../client/store.ts';

const LOOK_MS = 5 * 60_000;

export function Banners() {
  const { t } = useTranslation();
  const { online } = useNetwork();
  const isGone = useStore(isServerGone);
  const began = useUi();
  // The answer with which the visit began is the first one.
  const { data: now } = useQuery({
    ...uiQuery,
    queryKey: ['ui', 'now'],
    refetchInterval: LOOK_MS,
    staleTime: LOOK_MS,
    initialData: began,
  });
  const isUpgraded = now.version !== began.version;
  return (
    <div aria-live="polite">
      {(!online || isGone) && (
        <Alert color="yellow" mb="md" title={t(online ? 'banner.gone' : 'banner.offline')}>
          {t('banner.offlineText')}
        </Alert>
      )}
      {isUpgraded && (
        <Alert color="blue" mb="md" title={t('banner.upgraded', { version: now.version })}>
          <Group>
            <Button size="xs" onClick={() => location.reload()}>
              {t('banner.reload')}
            </Button>
          </Group>
        </Alert>
      )}
    </div>
  );
}
