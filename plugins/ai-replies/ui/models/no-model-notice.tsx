/** Where a model is to answer and there is none: it says so, and leads to where one is set up. */
import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
import { Link, useMay } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useHasModel } from '../parts/ai-data.ts';

const MODELS = '/settings/ai/models';

export function NoModelNotice() {
  const { t } = useTranslation('ai-replies');
  const mayOpen = useMay()('ai-replies.models');
  if (useHasModel() !== false) return null;
  return (
    <Alert color="yellow" title={t('models.none')}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" flex="1 1 16rem">
          {t('models.noneYet')}
        </Text>
        {mayOpen && (
          <Button component={Link} to={MODELS} size="compact-sm">
            {t('models.setUpOne')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

export function ToModels() {
  const { t } = useTranslation('ai-replies');
  if (!useMay()('ai-replies.models')) return null;
  return (
    <Anchor component={Link} to={MODELS} size="sm" underline="always">
      {t('models.setUpOne')}
    </Anchor>
  );
}
