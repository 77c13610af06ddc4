/** The dot at Status while something there, or at backups and certificates, needs somebody. */
import { Box } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api } from '../client/api.ts';
import { useMay } from '../client/me.ts';

const EVERY_MS = 60_000;
const OF_SERVER = /^\/(status|settings\/(backups|certificates|server))(\/|\?|$)/;

export function StatusDot() {
  const { t } = useTranslation();
  const isOperator = useMay()('admin.system');
  const { data } = $api.useQuery(
    'get',
    '/api/platform/attention',
    {},
    { enabled: isOperator, refetchInterval: EVERY_MS, staleTime: EVERY_MS },
  );
  if (!isOperator || !data?.items.some(({ path }) => OF_SERVER.test(path))) return null;
  return (
    <Box
      component="span"
      role="img"
      aria-label={t('shell.statusWrong')}
      title={t('shell.statusWrong')}
      display="block"
      w={10}
      h={10}
      bg="red.6"
      style={{ borderRadius: '50%' }}
    />
  );
}
