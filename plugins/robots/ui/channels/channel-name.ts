/** What networks are called by people; those of other plugins by what they say of themselves. */
import { useTranslation } from 'react-i18next';

export function useChannelName(): (channel: string, summary?: string) => string {
  const { t } = useTranslation('robots');
  return (channel, summary = channel) => t(`channels.name.${channel}`, { defaultValue: summary });
}
