/** Nobody loses what they have written by leaving a page. */
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** Asks before the page is left or closed while `isDirty`; a function is asked at that moment. */
export function useLeaveGuard(isDirty: boolean | (() => boolean)): void {
  const { t } = useTranslation();
  const isNow = () => (typeof isDirty === 'function' ? isDirty() : isDirty);
  useBlocker({
    shouldBlockFn: () => isNow() && !confirm(t('leave.question')),
    enableBeforeUnload: isNow,
    disabled: isDirty === false,
  });
}
