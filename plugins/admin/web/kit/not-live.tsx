/** What a list says that follows by itself, while it cannot. */
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isServerGone } from '../client/server-reach.ts';
import { useStore } from '../client/store.ts';

export function NotLive() {
  const { t } = useTranslation();
  if (!useStore(isServerGone)) return null;
  return (
    <Badge color="yellow" variant="light" role="status">
      {t('table.notLive')}
    </Badge>
  );
}
