/** Nobody loses what they have written by leaving a page. */
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** Asks before the page is left or closed while `isDirty`. */
export function useLeaveGuard(isDirty: boolean): void {
  const { t } = useTranslation();
  useBlocker({
    shouldBlockFn: () => isDirty && !confirm(t('leave.question')),
    enableBeforeUnload: () => isDirty,
    disabled: !isDirty,
  });
}
