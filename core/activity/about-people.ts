/**
 * What is known of somebody, as the plugins that have it tell: licences, mail, invoices. Pages show it beside a conversation. Each
 * section says who is told, and finds what this reader may see and no more; so nobody learns here what its own pages refuse.
 */
import type { Access } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import type { PageText } from '../pages/pages.ts';
import type { Services } from '../services.ts';

/** Whom a section is asked about. */
export interface PersonWish {
  /** Who reads it. */
  principal: Principal;
  /** E-mail addresses of one person, in lower case, at least one. Whoever noted them may have been wrong: they prove nothing. */
  addresses: readonly string[];
  /** So many rows at most. One more is no mistake: it says that there are more. */
  most: number;
}

export interface PersonRow {
  title: string;
  detail?: string;
  /** The word of the API, by which pages choose a colour, and what people read. */
  state?: { value: string; text: PageText };
  /** In the currency's major unit. */
  money?: { amount: number; currency: string };
  /** Ms since the epoch. */
  at?: number;
  /** Page of the web UI. */
  path: string;
}

export interface PersonRows {
  rows: readonly PersonRow[];
  /** The page that has all of them; null when there is none. */
  all: string | null;
}

export interface PersonSection {
  /** `plugin.what` */
  id: string;
  title: PageText;
  /** Who is told: as on the routes that give the same out. */
  access: Access;
  /** Newest first, of what the reader may see. */
  find(wish: PersonWish, services: Services): Promise<PersonRows>;
}

/** A section that has been given the services of its plugin. */
export interface BoundPersonSection extends Omit<PersonSection, 'find'> {
  find(wish: PersonWish): Promise<PersonRows>;
}
