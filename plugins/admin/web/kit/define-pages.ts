/**
 * THE CONTRACT OF PAGES. A plugin's `ui/index.tsx` default-exports `definePages({...})`: where its pages are, and what it
 * adds to the shell. What stands in the navigation, the palette and the dashboard, and who sees it, its server side declares
 * (`pages` in its index.ts); here is what draws it. Everything is loaded when it is first needed.
 */
import type { ComponentType } from 'react';
import type { Locales } from '../i18n/i18n.ts';

/** The version of this contract; a module that was built for another one is not run. */
export const UI_CONTRACT = 1;

/** A part of a page, loaded when it is first shown: `() => import('./pages/users.tsx')`. */
export type Lazy<Props = object> = () => Promise<{ default: ComponentType<Props> }>;

/** Places in pages (`<Place name="robots.answer" … />`), with what they hand over to the parts that are drawn in them. */
export interface Places {
  /** Behind what was said in a conversation: its id, and what puts a text into the field in which it is answered. */
  'robots.timeline': { subject: string; put(text: string): void };
  /** Beside the field in which a conversation is answered: its id, and what puts a text into the field. */
  'robots.answer': { subject: string; put(text: string): void };
  /** On the page of a robot: how it answers. */
  'robots.answering': { robotId: string };
  /** As the first, of a mail, by its number. */
  'mail.answer': { subject: number; put(text: string): void };
}
export type PlaceProps<Name extends keyof Places> = Places[Name];

/** A first step of the dashboard, open in a sheet at the side: what it is drawn in stands in its part. */
export interface StepProps {
  /** As the server calls the step. */
  title: string;
  onClose(): void;
}

export interface PageRoute {
  /** `/users`, `/users/$id`; `useParams()` gives what stands in place of `$id`. */
  path: string;
  page: Lazy;
  /** Shown without the shell, to strangers too: what a mailed link opens. */
  isPublic?: true;
}

export interface Pages {
  /** Name of the plugin. */
  name: string;
  contract: typeof UI_CONTRACT;
  routes: readonly PageRoute[];
  /**
   * Former addresses with their new ones, so that links in mails, notes and bookmarks go on working: `/users` leads to
   * `/settings/people`, and with it `/users/7?tab=keys` to `/settings/people/7?tab=keys`. A page that there is comes first.
   */
  moved?: Readonly<Record<string, string>>;
  locales: Locales;
  /** What draws the dashboard's cards, by the ids of `pages.cards`. */
  cards?: Readonly<Record<string, Lazy>>;
  /** Parts within pages of other plugins, by the names of the places there. */
  places?: { readonly [Name in keyof Places]?: Lazy<PlaceProps<Name>> };
  /** First steps that are done in a sheet, by the ids that the server has for them. Their dialogs are sheets there; else draw a `<Sheet>`. */
  steps?: Readonly<Record<string, Lazy<StepProps>>>;
  /** What runs commands of the palette that lead nowhere, by the ids of `pages.commands`. */
  commands?: Readonly<Record<string, (help: CommandHelp) => void | Promise<void>>>;
  /** A part of the settings of a person's own profile, or of the tenant. */
  settings?: readonly { id: string; of: 'profile' | 'tenant'; part: Lazy }[];
  /**
   * Finds records for the palette: called a moment after somebody has stopped writing. `may` says whether they may open what
   * the navigation calls `plugin.id`, so that nothing is asked for that would be refused.
   */
  find?(text: string, signal: AbortSignal, may: (entry: string) => boolean): Promise<readonly FoundRecord[]>;
}

export interface CommandHelp {
  navigate(path: string): void;
}

export interface FoundRecord {
  title: string;
  description?: string;
  path: string;
}

/** Declares the pages of a plugin. Gives back what it got, with the version of the contract that it was built for. */
export function definePages(pages: Omit<Pages, 'contract'>): Pages {
  return { ...pages, contract: UI_CONTRACT };
}
