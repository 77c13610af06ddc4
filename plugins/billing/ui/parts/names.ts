/** What meters and limits are called. */
import { useTranslation } from 'react-i18next';

export const UNLIMITED = -1;

export interface Names {
  /** A meter in the language of the page; `summary`, what its plugin says of it, for one that is not known here. */
  meter(name: string, summary?: string): string;
  /** A limit of a plan: `max_messages_per_month`. */
  limit(name: string): string;
}

export function useNames(): Names {
  const { t } = useTranslation('billing');
  const meter = (name: string, summary = name.replaceAll('_', ' ')) => t(`meter.${name}`, { defaultValue: summary });
  return {
    meter,
    limit(name) {
      if (name === 'requests_per_minute') return t('meter.requests_per_minute');
      const isMonthly = name.endsWith('_per_month');
      const counted = meter(name.replace(/^max_/, '').replace(/_per_month$/, ''));
      return isMonthly ? t('limit.perMonth', { what: counted }) : counted;
    },
  };
}
