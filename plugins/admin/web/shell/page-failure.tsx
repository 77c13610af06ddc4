/** In place of pages that could not be loaded; everything else goes on. */
import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { messageOf } from '../kit/message.ts';
import { Page } from '../kit/page.tsx';
import type { LoadedPages } from './registry.ts';

export default function PageFailure({ failure }: { failure: LoadedPages['failures'][number] }) {
  const { t } = useTranslation();
  const { plugin, reason, error } = failure;
  return (
    <Page title={plugin.name} intro={plugin.summary}>
      <Alert color="yellow" title={t(`plugin.${reason}`, { name: plugin.name, version: plugin.version })}>
        <Text size="sm">
          {reason === 'failed' ? messageOf(error, t('failure.offline')) : t('plugin.contractAdvice')}
        </Text>
      </Alert>
    </Page>
  );
}
