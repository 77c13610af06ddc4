/** Has the server start again, and tells when it is back: by its uptime, which has begun anew. */
import { useQueryClient } from '@tanstack/react-query';
import { $api, api, tellDone, tellFailed } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const LOOK_MS = 500;
/** As long as a start may take with a database that has to be migrated. */
const MOST_LOOKS = 240;

export function useRestart(): { restart(): void; isRestarting: boolean } {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const ask = $api.useMutation('post', '/api/platform/server/restart');
  const [isRestarting, setRestarting] = useState(false);

  return { restart: () => void restart(), isRestarting };

  async function restart(): Promise<void> {
    setRestarting(true);
    try {
      await ask.mutateAsync({});
      await isBack();
      await queries.invalidateQueries();
      tellDone(t('serverSettings.restarted'));
    } catch (error) {
      tellFailed(error);
    } finally {
      setRestarting(false);
    }
  }
}

/** Resolves once nothing waits for a restart any more. */
async function isBack(): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const answer = await api.GET('/api/platform/server/settings').catch(() => null);
    if (answer?.data && !answer.data.areas.some(({ waits_for_restart }) => waits_for_restart)) return;
  }
}
