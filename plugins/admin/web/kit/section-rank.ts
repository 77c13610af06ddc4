/** In which order the sections of the navigation stand. */
const ORDER = ['start', 'personal', 'mail', 'robots', 'ai-replies', 'workflows', 'licensing', 'billing', 'tenant'];

/** The operator's comes last, that of other plugins before it. */
export function sectionRank(section: string): number {
  if (section === 'operator') return ORDER.length + 1;
  const place = ORDER.indexOf(section);
  return place < 0 ? ORDER.length : place;
}
