/** Language, and light and dark: kept in this browser. */
import { ActionIcon, Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import IconMoon from '@tabler/icons-react/dist/esm/icons/IconMoon.mjs';
import IconSun from '@tabler/icons-react/dist/esm/icons/IconSun.mjs';
import { useTranslation } from 'react-i18next';
import { useStore } from '../client/store.ts';
import { LANGUAGES, type Language, language, tagOf } from '../i18n/i18n.ts';

/** The other language, in its own words. */
export function LanguageButton() {
  const chosen = useStore(language);
  const other: Language = chosen === 'en' ? 'zh' : 'en';
  return (
    <Button variant="subtle" color="gray" size="compact-sm" lang={tagOf(other)} onClick={() => language.set(other)}>
      {LANGUAGES[other]}
    </Button>
  );
}

export function SchemeButton() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const label = t(scheme === 'dark' ? 'preferences.light' : 'preferences.dark');
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      title={label}
      aria-label={label}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      {scheme === 'dark' ? <IconSun size={20} /> : <IconMoon size={20} />}
    </ActionIcon>
  );
}
