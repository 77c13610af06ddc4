/** The shell: navigation, what stands above every page, and the page. */
import { ActionIcon, AppShell, Burger, Button, Group, Kbd, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../client/me.ts';
import { isSessionOver } from '../client/session-end.ts';
import { useStore } from '../client/store.ts';
import { Link } from '../kit/link.tsx';
import { listenForShortcuts, useShortcuts } from '../kit/shortcuts.ts';
import { useRouter } from '../kit/use-router.ts';
import { Waiting } from '../kit/waiting.tsx';
import { AccountMenu } from './account-menu.tsx';
import { AreaPages } from './area-pages.tsx';
import { Banners } from './banners.tsx';
import { useLastPages } from './last-pages.ts';
import { useCommands, useMenuPlace } from './menu.ts';
import { AreaBar, Navigation } from './navigation.tsx';
import { LanguageButton, SchemeButton } from './preferences.tsx';
import { useSessionOfTabs } from './session-of-tabs.ts';
import { loadSpareParts } from './spare-parts.ts';
import { bufferTyped } from './typed-ahead.ts';

const Palette = lazy(() => import('./palette.tsx'));
const ShortcutList = lazy(() => import('./shortcut-list.tsx'));
const ApiCalls = lazy(() => import('./api-calls.tsx'));
const SignInAgain = lazy(() => import('./sign-in-again.tsx'));

type Panel = 'palette' | 'shortcuts' | 'calls' | null;
const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
let isListening = false;

export default function Layout() {
  const { t } = useTranslation();
  const { go } = useRouter();
  const me = useMe();
  useSessionOfTabs(me);
  const [isMenuOpen, menu] = useDisclosure(false);
  const [panel, setPanel] = useState<Panel>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const commands = useCommands();
  const place = useMenuPlace();
  useLastPages(place);
  useEffect(() => {
    if (!isListening) listenForShortcuts();
    isListening = true;
  }, []);
  useEffect(loadSpareParts, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: closed whenever another page is shown
  useEffect(menu.close, [path]);
  const find = () => {
    if (panel !== 'palette') bufferTyped();
    setPanel('palette');
  };
  useShortcuts([
    { keys: 'mod+k', title: t('shell.palette'), run: find },
    { keys: '?', title: t('shell.shortcuts'), run: () => setPanel('shortcuts') },
    { keys: '/', title: t('shell.search'), run: focusSearch },
    ...commands.flatMap(({ shortcut, title, path: to }) =>
      shortcut && to ? [{ keys: shortcut, title, run: () => go(to) }] : [],
    ),
  ]);

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
      footer={{ height: { base: 56, sm: 0 } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#main" className="skip-link">
        {t('shell.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isMenuOpen}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('shell.menu')}
              aria-expanded={isMenuOpen}
            />
            <Text component={Link} to="/" fw={700} size="lg" c="var(--mantine-color-text)" td="none">
              Patchbay
            </Text>
          </Group>
          <Group gap={4} wrap="nowrap">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t('shell.find')}
              onClick={find}
              hiddenFrom="xs"
            >
              <IconSearch size={20} aria-hidden />
            </ActionIcon>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconSearch size={14} />}
              rightSection={<Kbd size="xs">{isApple ? '⌘K' : 'Ctrl K'}</Kbd>}
              onClick={find}
              visibleFrom="xs"
            >
              {t('shell.find')}
            </Button>
            <LanguageButton />
            <SchemeButton />
            <AccountMenu me={me} onShortcuts={() => setPanel('shortcuts')} onCalls={() => setPanel('calls')} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('shell.navigation')}>
        <Navigation place={place} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Banners />
        <AreaPages place={place}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </AreaPages>
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm">
        <AreaBar place={place} />
      </AppShell.Footer>
      <Suspense>
        {panel === 'palette' && <Palette onClose={() => setPanel(null)} />}
        {panel === 'shortcuts' && <ShortcutList onClose={() => setPanel(null)} />}
        {panel === 'calls' && <ApiCalls onClose={() => setPanel(null)} />}
        {useStore(isSessionOver) && <SignInAgain me={me} />}
      </Suspense>
    </AppShell>
  );
}

function focusSearch(): void {
  document.querySelector<HTMLElement>('[data-search]')?.focus();
}
