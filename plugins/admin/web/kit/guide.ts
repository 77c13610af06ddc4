/** Guides of the documentation as the build leaves them for the pages. */

/** A text, or an element with what is in it: what a page draws without ever making HTML of a text. */
export type GuideNode = string | { tag: string; to?: string; slug?: string; in: readonly GuideNode[] };

export interface GuideSection {
  title: string;
  slug: string;
  /** A line for each sentence that the search knows: its words, in lower case. */
  words: string;
}

export interface Guide {
  name: string;
  title: string;
  sections: readonly GuideSection[];
}
