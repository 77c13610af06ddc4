/** The menu: what the server says that this person may open, in sections. */
import { Box, NavLink, Text } from '@mantine/core';
import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useUi } from '../client/me.ts';
import { useStore } from '../client/store.ts';
import { language, textIn } from '../i18n/i18n.ts';
import { Link } from '../kit/link.tsx';
import { sectionRank } from '../kit/section-rank.ts';
import { iconOf } from './navigation-icons.ts';

export interface NavigationItem {
  key: string;
  title: string;
  path: string;
  icon: string | null;
}

export interface NavigationSection {
  id: string;
  title: string;
  items: readonly NavigationItem[];
}

export interface NamedCommand {
  key: string;
  plugin: string;
  id: string;
  title: string;
  path: string | null;
  shortcut: string | null;
}

/** Sections with their entries, and the commands, in the language of the page. */
export function useNavigation(): { sections: readonly NavigationSection[]; commands: readonly NamedCommand[] } {
  const { plugins } = useUi();
  const { t, i18n } = useTranslation();
  useStore(language);
  const entries = plugins.flatMap((plugin) => plugin.navigation.map((entry) => ({ ...entry, plugin })));
  const ids = [...new Set(entries.map(({ section }) => section))].sort(
    (one, other) => sectionRank(one) - sectionRank(other),
  );
  const sections = ids.map((id) => ({
    id,
    title: i18n.exists(`section.${id}`) ? t(`section.${id}`) : id,
    items: entries
      .filter(({ section }) => section === id)
      .sort((one, other) => one.order - other.order)
      .map(({ id: entry, title, path, icon, plugin }) => ({
        key: `${plugin.name}.${entry}`,
        title: textIn(title),
        path,
        icon,
      })),
  }));
  const commands = plugins.flatMap(({ name, commands: own }) =>
    own.map(({ id, title, path, shortcut }) => ({
      key: `${name}.${id}`,
      plugin: name,
      id,
      title: textIn(title),
      path,
      shortcut,
    })),
  );
  return { sections, commands };
}

export function Navigation() {
  const { sections } = useNavigation();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const all = sections.flatMap(({ items }) => items);
  const best = all
    .filter((item) => isWithin(path, item.path))
    .sort((one, other) => other.path.length - one.path.length)[0];
  const menu = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu is longer than most screens, so one sees where one is
  useEffect(() => {
    menu.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [best?.key]);
  return (
    <Box ref={menu} style={{ overflowY: 'auto', scrollbarWidth: 'thin' }}>
      {sections.map((section) => (
        <div key={section.id}>
          {section.id !== 'start' && (
            <Text size="xs" fw={600} c="dimmed" tt="uppercase" px="sm" pt="md" pb={4} id={`section-${section.id}`}>
              {section.title}
            </Text>
          )}
          {section.items.map((item) => {
            const Icon = iconOf(item.icon);
            return (
              <NavLink
                key={item.key}
                component={Link}
                to={item.path}
                label={item.title}
                leftSection={<Icon size={18} aria-hidden />}
                active={item === best}
                aria-current={item === best ? 'page' : undefined}
                variant="light"
              />
            );
          })}
        </div>
      ))}
    </Box>
  );
}

function isWithin(path: string, entry: string): boolean {
  return entry === '/' ? path === '/' : path === entry || path.startsWith(`${entry}/`);
}
