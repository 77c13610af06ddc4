/** A way to a setting of the organisation within a sentence, for who may open it. */
import { Anchor } from '@mantine/core';
import { Link, useMay } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const PLACES = {
  consent: { entry: 'ai-replies.consent', path: '/settings/ai/consent', text: 'consent.settings' },
  hours: { entry: 'robots.workingHours', path: '/settings/working-hours', text: 'consent.hours' },
} as const;

export function ToSettings({ of }: { of: keyof typeof PLACES }) {
  const { t } = useTranslation('ai-replies');
  const { entry, path, text } = PLACES[of];
  if (!useMay()(entry)) return null;
  return (
    <Anchor component={Link} to={path} size="xs" underline="always">
      {t(text)}
    </Anchor>
  );
}
