/** What robots answer to commands, in words. */
import { useTranslation } from 'react-i18next';

/** The meaning of a result's code; what the robot itself says for codes that are in no table. */
export function useOutcomeText(): (code: number, reason: string) => string {
  const { t } = useTranslation('robots');
  return (code, reason) => {
    const meaning = t(`result.${code}`, { defaultValue: '' });
    if (meaning === '') return t('result.unknown', { code, reason });
    return reason === '' ? meaning : t('result.withReason', { meaning, reason });
  };
}
