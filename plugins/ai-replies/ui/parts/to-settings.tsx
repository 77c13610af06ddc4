/** A way to the settings of the organisation within a sentence, for who may open them. */
import { Anchor } from '@mantine/core';
import { Link, useMay } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function ToSettings() {
  const { t } = useTranslation('ai-replies');
  const may = useMay()('auth.organisation');
  if (!may) return null;
  return (
    <Anchor component={Link} to="/settings/organisation" size="xs" underline="always">
      {t('consent.settings')}
    </Anchor>
  );
}
