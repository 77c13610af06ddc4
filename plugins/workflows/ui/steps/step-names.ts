/** What people call a function: by its own name where there is no text, as for those of other plugins. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { isLanguageCall, textKeyOf } from './categories.ts';

export interface StepNames {
  title(call: string): string;
  /** Null where there is no text of ours. */
  text(call: string): string | null;
}

export function useStepNames(): StepNames {
  const { t, i18n } = useTranslation('workflows');
  return useMemo(() => {
    const keyOf = (call: string) => (isLanguageCall(call) ? `editor.call.${call}` : null);
    const has = (key: string) => i18n.exists(`workflows:${key}`);
    return {
      title(call) {
        const key = keyOf(call) ?? `step.${textKeyOf(call)}.title`;
        return has(key) ? t(key) : call;
      },
      text(call) {
        const own = keyOf(call);
        const key = own ? `${own}Text` : `step.${textKeyOf(call)}.text`;
        return has(key) ? t(key) : null;
      },
    };
  }, [t, i18n]);
}
