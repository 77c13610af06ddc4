/** What the audit log calls what was done, in words. */
import { useTranslation } from 'react-i18next';

/** An action that has no words here is shown as its code. */
export function useActionText(): (action: string) => string {
  const { t } = useTranslation('auth');
  return (action) => t(`action.${action.replaceAll('.', '_')}`, { defaultValue: action });
}
