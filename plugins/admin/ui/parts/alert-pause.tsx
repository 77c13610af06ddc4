/** Hearing nothing of alerts for a while, and hearing of them again. */
import { Button, Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, notifyDone, notifyFailed, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { ALERTS, PAUSES } from './alerts.ts';

const LENGTHS = Object.keys(PAUSES) as (keyof typeof PAUSES)[];

/** `title`: of one alert; null for all of them. */
export function AlertPause({ names, title, isPaused }: { names: string[]; title: string | null; isPaused: boolean }) {
  const { t } = useTranslation('admin');
  const { dateTime } = useFormats();
  const queries = useQueryClient();
  const pause = $api.useMutation('post', '/api/platform/alerts/pause', {
    onSuccess: (_, { body: { until } }) =>
      notifyDone(until === null ? t('alerts.resumed') : t('alerts.paused', { until: dateTime(until) })),
    onError: notifyFailed,
    onSettled: () => queries.invalidateQueries({ queryKey: ['get', ALERTS] }),
  });
  const common = { size: 'compact-sm', variant: title === null ? 'default' : 'subtle', loading: pause.isPending };
  if (isPaused)
    return (
      <Button
        {...common}
        aria-label={title === null ? t('alerts.resumeAll') : t('alerts.resumeNamed', { name: title })}
        onClick={() => pause.mutate({ body: { names, until: null } })}
      >
        {title === null ? t('alerts.resumeAll') : t('alerts.resume')}
      </Button>
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          {...common}
          aria-label={title === null ? t('alerts.pauseAll') : t('alerts.pauseNamed', { name: title })}
        >
          {title === null ? t('alerts.pauseAll') : t('alerts.pause')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {LENGTHS.map((length) => (
          <Menu.Item key={length} onClick={() => pause.mutate({ body: { names, until: Date.now() + PAUSES[length] } })}>
            {t(`alerts.lengths.${length}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
