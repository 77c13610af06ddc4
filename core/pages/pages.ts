/**
 * What a plugin brings to the web UI: entries of the navigation, commands of the palette, cards of the dashboard, and the
 * module that draws them. Who sees an entry is said here as it is said on a route, so that nobody meets one that answers 403.
 */
import type { Access } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';

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
  /**
   * Whether it is of any use to them at the moment, asked of whoever may see it with each menu that is drawn: cheap, best from memory. It
   * keeps nobody out; that is what `access` of the routes behind it is for. Of strangers it is not asked.
   * `services` is what the plugin sees.
   */
  when?(principal: Principal, services: never): boolean | Promise<boolean>;
}

export type When = NonNullable<PageEntry['when']>;

/** An area of the menu: what people do here, with all pages for it. Those of the platform are in `areas.ts`. */
export interface PageArea {
  /** For third-party plugins their name, or beginning with it and a dash: `hello`, `hello-garden`. */
  id: string;
  title: PageText;
  icon?: string;
  /** Smaller stands higher; the platform's are 10 to 60, default 100. */
  order?: number;
  /** Below the others, apart from them: what is seldom needed. */
  isAtFoot?: boolean;
}

export type CoreArea = 'home' | 'inbox' | 'mail' | 'automations' | 'assistants' | 'sales' | 'settings' | 'status';

export interface NavigationEntry extends PageEntry {
  /** Below `/<plugin>` for third-party plugins: `/hello`, `/hello/greetings`. */
  path: string;
  /**
   * In which area of the menu it is: one of the platform's, or one that a plugin brings (`areas`). Without one, or with one that
   * is not there, the plugin has an area of its own, called as its first page.
   */
  area?: CoreArea | (string & {});
  /** In the settings, whose they are. */
  group?: 'you' | 'organisation' | 'server';
  /**
   * The entry that it is a part of, `id` or `plugin.id`: it is a tab there, in the area of that one. For who may not see that
   * one, or where its plugin is off, it stands for itself in its own area.
   */
  below?: string;
  /** The area of the server's settings that is about the same: it is a part of this entry. */
  settings?: string;
  /** The page of the server's settings, each of whose areas has an entry of its own: at its path with the area's name. */
  hasSettings?: true;
  /** What else people look for when they mean it, in each language: `{ en: 'smtp relay', zh: '发信 中继' }`. */
  words?: PageText;
  /** Name of a Tabler icon, as `tabler.io/icons` lists it. */
  icon?: string;
  /** Smaller stands first; default 100. */
  order?: number;
}

export interface PageCommand extends PageEntry {
  /** Where it leads; without it the module runs it. */
  path?: string;
  /** What else people look for when they mean it, in each language. */
  words?: PageText;
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
  /** Areas of the menu that the plugin brings, for pages that belong to none of the platform's. */
  areas?: readonly PageArea[];
  navigation?: readonly NavigationEntry[];
  commands?: readonly PageCommand[];
  cards?: readonly DashboardCard[];
}
