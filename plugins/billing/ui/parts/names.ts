/** What meters and limits are called. */
import { useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export const UNLIMITED = -1;

export interface Names {
  /** A meter in the language of the page; `summary`, what its plugin says of it, for one that is not known here. */
  meter(name: string, summary?: string): string;
  /** A limit of a plan: `max_messages_per_month`. */
  limit(name: string): string;
  /** With how much it is: what a plan contains. */
  limited(name: string, limit: number): string;
}

export function useNames(): Names {
  const { t } = useTranslation('billing');
  const { number } = useFormats();
  const meter = (name: string, summary = name.replaceAll('_', ' ')) => t(`meter.${name}`, { defaultValue: summary });
  const meterOf = (name: string) => name.replace(/^max_/, '').replace(/_per_month$/, '');
  const limit = (name: string) => {
    if (name === 'requests_per_minute') return t('meter.requests_per_minute');
    const counted = meter(meterOf(name));
    return name.endsWith('_per_month') ? t('limit.perMonth', { what: counted }) : counted;
  };
  return {
    meter,
    limit,
    limited(name, most) {
      const amount = number(most);
      const plain = t('limit.is.other', { what: limit(name), amount });
      return t(`limit.is.${meterOf(name)}`, { amount, defaultValue: plain });
    },
  };
}
