/** What robots answer to commands, in words. */
import { useTranslation } from 'react-i18next';

/** The server's word for what nobody has carried out in time. */
const EXPIRED = 'expired';
/** And for what a person has taken back. */
const WITHDRAWN = 'withdrawn';

/** The meaning of a result's code; what the robot itself says for codes that are in no table. */
export function useOutcomeText(): (code: number, reason: string) => string {
  const { t } = useTranslation('robots');
  return (code, reason) => {
    if (reason === EXPIRED) return t('result.expired');
    if (reason === WITHDRAWN) return t('result.withdrawn');
    const meaning = t(`result.${code}`, { defaultValue: '' });
    if (meaning === '') return t('result.unknown', { code, reason });
    return reason === '' ? meaning : t('result.withReason', { meaning, reason });
  };
}
