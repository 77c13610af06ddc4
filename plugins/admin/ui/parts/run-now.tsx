/** A button that begins scheduled work outside its schedule, and tells how it went. */
import { Button } from '@mantine/core';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { $api, notifyDone, notifyFailed } from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { rowsOf } from './rows-of.ts';

const RUNS = '/api/platform/cron/runs';
const WORK = '/api/platform/cron';
const LOOK_MS = 1_000;

interface RunNowProps {
  name: string;
  /** What it is called in sentences, instead of its name. */
  title?: string;
  /** Instead of 'Run now'. */
  label?: string;
  onEnded?: () => void;
}

export function RunNow({ name, title = name, label, onEnded }: RunNowProps) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const [begun, setBegun] = useState<number | null>(null);
  const refresh = () => Promise.all([RUNS, WORK].map((path) => queries.invalidateQueries({ queryKey: ['get', path] })));
  const run = $api.useMutation('post', '/api/platform/cron/{name}/run', {
    onSuccess: ({ id }) => {
      setBegun(id);
      notifyDone(t('cron.begun', { name: title }));
      void refresh();
    },
    onError: notifyFailed,
  });
  // Nothing announces the end of a run: the latest ones of this work are looked at until it is there.
  const latest = $api.useQuery(
    'get',
    RUNS,
    { params: { query: { job: name, limit: 10 } } },
    { enabled: begun !== null, refetchInterval: LOOK_MS },
  );
  const mine = rowsOf(latest.data).find(({ id }) => id === begun);
  const ended = mine && mine.status !== 'running' ? mine : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for each run that has ended
  useEffect(() => {
    if (!ended) return;
    setBegun(null);
    if (ended.status === 'done') notifyDone(t('cron.ended', { name: title }));
    else notifyFailed(new Error(ended.error ?? title));
    void refresh();
    onEnded?.();
  }, [ended?.id]);
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPlayerPlay size={14} />}
      loading={run.isPending || begun !== null}
      aria-label={label ?? t('cron.runNamed', { name })}
      onClick={() => run.mutate({ params: { path: { name } } })}
    >
      {label ?? t('cron.run')}
    </Button>
  );
}
