/** Says that something was set which a restart brings into force, and offers it; and where the server is to be found after that. */
import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs';
import { useTranslation } from 'react-i18next';
import { useRestart } from './use-restart.ts';

export function RestartNeeded({ canRestart, movesTo }: { canRestart: boolean; movesTo: string | null }) {
  const { t } = useTranslation('admin');
  const { restart, isRestarting, movedTo } = useRestart(movesTo);
  if (movedTo !== null)
    return (
      <Alert color="blue" title={t('serverSettings.moved')}>
        <Anchor href={movedTo}>{movedTo}</Anchor>
        <Text size="sm">
          {t(movedTo.startsWith('https:') ? 'serverSettings.movedToTls' : 'serverSettings.movedText')}
        </Text>
      </Alert>
    );
  return (
    <Alert color="yellow" title={t('serverSettings.restartTitle')}>
      <Group justify="space-between">
        <Text size="sm">
          {t(canRestart ? 'serverSettings.restartText' : 'serverSettings.cannotRestart')}{' '}
          {movesTo !== null && t('serverSettings.moves', { url: movesTo })}
        </Text>
        {canRestart && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={isRestarting}
            onClick={restart}
          >
            {t('serverSettings.restart')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
