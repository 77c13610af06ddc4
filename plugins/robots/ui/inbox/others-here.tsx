/** Who else looks at the conversation, and who writes: said to screen readers too, as it changes. */
import { Text } from '@mantine/core';
import { useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { Present } from './presence.ts';

/** The rest is counted. */
const MOST_NAMED = 3;

export function OthersHere({ others }: { others: readonly Present[] }) {
  const { t } = useTranslation('robots');
  const { list } = useFormats();
  const said = (['writing', 'looking'] as const).flatMap((doing) => {
    const names = others.filter((other) => other.doing === doing).map(({ name }) => name);
    const count = names.length;
    if (count === 0) return [];
    const further = count > MOST_NAMED ? [t('presence.more', { count: count - MOST_NAMED })] : [];
    return [t(`presence.${doing}`, { count, names: list([...names.slice(0, MOST_NAMED), ...further]) })];
  });
  return (
    <Text size="xs" c={others.length > 0 ? 'indigo' : undefined} role="status" component="span">
      {said.join(' · ')}
    </Text>
  );
}
