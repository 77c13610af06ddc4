/** Names of the language's keys in the language of the page. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldTexts } from './task-schemas.ts';

export function useFieldTexts(): FieldTexts {
  const { t, i18n } = useTranslation('workflows');
  return useMemo(
    () => ({
      title: (key) => t(`editor.field.${key}`),
      hint: (key) => (i18n.exists(`workflows:editor.hint.${key}`) ? t(`editor.hint.${key}`) : undefined),
      place: (to) => (i18n.exists(`workflows:editor.place.${to}`) ? t(`editor.place.${to}`) : to),
      input: (name) => (i18n.exists(`workflows:editor.input.${name}`) ? t(`editor.input.${name}`) : undefined),
    }),
    [t, i18n],
  );
}
