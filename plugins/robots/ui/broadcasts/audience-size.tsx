/** How many a broadcast would reach if it started now: looked for again a moment after its audience was changed. */
import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { $api, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { type Audience, isAsked } from './audience.ts';
import { BROADCASTS } from './broadcasts-data.ts';

const WRITING_MS = 500;

interface AudienceSizeProps {
  robots: string[];
  audience: Audience;
  excluded: string[];
}

export function AudienceSize({ robots, audience, excluded }: AudienceSizeProps) {
  const { t } = useTranslation('robots');
  const { number } = useFormats();
  // As text, which is the same for as long as nothing was changed.
  const [asked] = useDebouncedValue(JSON.stringify({ robots, audience, excluded }), WRITING_MS);
  const body: AudienceSizeProps = JSON.parse(asked);
  const isReady = body.robots.length > 0 && isAsked(body.audience);
  const { data, isFetching, error } = $api.useQuery('post', `${BROADCASTS}/audience`, { body }, { enabled: isReady });
  if (!isReady || error) return <Text size="sm">{t('broadcasts.size.none')}</Text>;
  if (!data || isFetching) return <Text size="sm">{t('broadcasts.size.counting')}</Text>;
  const { recipients, skipped, is_complete } = data;
  const size = t(is_complete ? 'broadcasts.size.reached' : 'broadcasts.size.atLeast', {
    count: recipients,
    text: number(recipients),
  });
  const out = skipped > 0 ? t('broadcasts.size.skipped', { count: skipped, text: number(skipped) }) : '';
  return (
    <Text size="sm" fw={500}>
      {size} {out}
    </Text>
  );
}
