/** Colours with enough contrast everywhere (WCAG 1.4.3): Mantine's defaults fail on several parts. */
import { type CSSVariablesResolver, createTheme, type MantineThemeOverride } from '@mantine/core';
import type { TFunction } from '../i18n/texts.ts';

const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  cursorType: 'pointer',
  respectReducedMotion: true,
  defaultRadius: 'md',
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  components: {
    // A `header` element in a dialog counts as a second banner of the page.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    DrawerHeader: { defaultProps: { role: 'presentation' } },
  },
});

/** With the texts that parts of Mantine say in English, in the language of the page. */
export function themeIn(t: TFunction): MantineThemeOverride {
  const visibilityToggleButtonProps = { 'aria-label': t('showTyped'), tabIndex: 0 };
  return {
    ...theme,
    components: { ...theme.components, PasswordInput: { defaultProps: { visibilityToggleButtonProps } } },
  };
}

/** Text on the pale ground of badges and alerts; as Mantine has it, half of the colours are too faint. */
const ON_PALE: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  teal: ['#064f3c', '#63e6be'],
  green: ['#1e5324', '#8ce99a'],
  blue: ['#0c4174', '#8fc8fb'],
  indigo: ['#2a3a9c', '#afc0ff'],
  cyan: ['#084f5b', '#66d9e8'],
  yellow: ['#5f3d00', '#ffe066'],
  orange: ['#7a2f06', '#ffc078'],
  red: ['#931d1d', '#ffb3b3'],
  grape: ['#6b2379', '#eebefa'],
  violet: ['#48269c', '#d0bfff'],
  gray: ['#3b4148', '#ced4da'],
};

function onPale(scheme: 0 | 1): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ON_PALE).map(([color, texts]) => [`--mantine-color-${color}-light-color`, texts[scheme]]),
  );
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...onPale(0),
    '--mantine-color-dimmed': '#525960',
    '--mantine-color-placeholder': '#646b72',
    '--mantine-color-error': '#c92a2a',
  },
  dark: {
    ...onPale(1),
    '--mantine-color-dimmed': '#b0b3b8',
    '--mantine-color-placeholder': '#9a9da2',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': '#91a7ff',
  },
});
