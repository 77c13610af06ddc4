/** `useTranslation`, in place of `react-i18next`, whose name pages ask for (decision 55). */
import { useSyncExternalStore } from 'react';
import { onLanguage, type Translation, textsOf } from './texts.ts';

export type { TFunction } from './texts.ts';

/** The texts of one owner, the shell's without a name, all or those of one section; drawn again in another language. */
export function useTranslation(owner?: string, { keyPrefix }: { keyPrefix?: string } = {}): Translation {
  return useSyncExternalStore(onLanguage, () => textsOf(owner, keyPrefix));
}
