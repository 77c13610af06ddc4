/** Has the server start again, and tells when it is back: by its uptime, which has begun anew. */
import { useQueryClient } from '@tanstack/react-query';
import { $api, notifyDone, notifyFailed } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { readHealth } from './use-health.ts';

const LOOK_MS = 500;
const LOOK_LIMIT_MS = 5_000;
/** As long as a start may take with a database that has to be migrated. */
const MOST_LOOKS = 240;

export interface Restart {
  restart(): void;
  isRestarting: boolean;
  /** Where the server answers from now on, once it was asked to start there; null while it is to be found here. */
  movedTo: string | null;
}

/** `movesTo`: where the next start is to listen; null: here. From here that cannot be asked, another address being another site. */
export function useRestart(movesTo: string | null): Restart {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const ask = $api.useMutation('post', '/api/platform/server/restart');
  const [isRestarting, setRestarting] = useState(false);
  const [movedTo, setMovedTo] = useState<string | null>(null);

  return { restart: () => void restart(), isRestarting, movedTo };

  async function restart(): Promise<void> {
    setRestarting(true);
    try {
      await ask.mutateAsync({});
      if (movesTo !== null) return setMovedTo(movesTo);
      const back = await isBack();
      await queries.invalidateQueries();
      if (back) notifyDone(t('serverSettings.restarted'));
      else notifyFailed(new Error(t('serverSettings.notBack')));
    } catch (error) {
      notifyFailed(error);
    } finally {
      setRestarting(false);
    }
  }
}

/** Whether a server answers in time that has begun after this was asked; uptimes are in whole seconds. */
async function isBack(): Promise<boolean> {
  const asked = Date.now();
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const health = await readHealth({ signal: AbortSignal.timeout(LOOK_LIMIT_MS) }).catch(() => null);
    if (health && health.uptimeSeconds * 1000 < Date.now() - asked) return true;
  }
  return false;
}
