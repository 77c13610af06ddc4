/**
 * What a plugin brings to the web UI: entries of the navigation, commands of the palette, cards of the dashboard, and the
 * module that draws them. Who sees an entry is said here as it is said on a route, so that nobody meets one that answers 403.
 */
import type { Access } from '../access/access.ts';

/** The version of this contract. A module that was built for another major one is not loaded, and the page says so. */
export const PAGES_CONTRACT = 1;

/**
 * What the shell shares with the modules of other plugins by bare names, so that there is one of each: one React, one cache of
 * data. `patchbay-platform/ui` is the kit (plugins/admin/web/kit).
 */
export const SHARED_MODULES: readonly string[] = [
  'react',
  'react-dom',
  'react/jsx-runtime',
  'react-i18next',
  '@mantine/core',
  '@mantine/hooks',
  '@mantine/notifications',
  '@tanstack/react-query',
  'patchbay-platform/ui',
];

/** One text for all languages, or one for each: `{ en: 'Mail', zh: '…' }`. */
export type PageText = string | ({ en: string } & Readonly<Record<string, string>>);

interface PageEntry {
  /** Unique in its plugin: the module draws what has this id. */
  id: string;
  title: PageText;
  /** Who sees it; default: everybody who has signed in. */
  access?: Access;
}

export interface NavigationEntry extends PageEntry {
  /** Below `/<plugin>` for third-party plugins: `/hello`, `/hello/greetings`. */
  path: string;
  /** Under which heading it stands; default: the plugin's own. */
  section?: 'start' | 'personal' | 'tenant' | 'operator';
  /** Name of a Tabler icon, as `tabler.io/icons` lists it. */
  icon?: string;
  /** Smaller stands higher; default 100. */
  order?: number;
}

export interface PageCommand extends PageEntry {
  /** Where it leads; without it the module runs it. */
  path?: string;
  /** Keys in the notation of Mousetrap: `g m`. Nothing while a text is being written. */
  shortcut?: string;
}

export interface DashboardCard extends PageEntry {
  /** In columns of the dashboard's grid. */
  width?: 1 | 2 | 3;
}

export interface PluginPages {
  /** The version of the contract that its module was built for; default: the present one. */
  contract?: number;
  /**
   * Folder of built files, with the ES module `index.js`. It is served below `/plugins/<name>/<hash of the files>/` and kept
   * for ever by browsers. Plugins that are built with the shell have none.
   */
  folder?: URL;
  navigation?: readonly NavigationEntry[];
  commands?: readonly PageCommand[];
  cards?: readonly DashboardCard[];
}
