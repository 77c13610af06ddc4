/** Contacts, their conversations and robots for the palette. */
import { type FoundRecord, holdsWords, readRows, wordsAsked } from 'patchbay-platform/ui';
import { ROBOTS } from './robots-data.ts';

const MOST = 4;
/** Robots are few: the newest of these are looked through. */
const MOST_ROBOTS = 200;

type Wish = [text: string, signal: AbortSignal];

export async function findRobots(
  text: string,
  signal: AbortSignal,
  may: (entry: string) => boolean,
): Promise<readonly FoundRecord[]> {
  const [people, robots] = await Promise.all([
    may('robots.inbox') ? peopleAndConversations(text, signal) : [],
    may('robots.robots') ? robotsNamed(text, signal) : [],
  ]);
  return [...people, ...robots];
}

async function peopleAndConversations(...[text, signal]: Wish): Promise<FoundRecord[]> {
  const people = await readRows('/api/platform/robots/contacts', { query: { search: text }, limit: MOST }, signal);
  if (people.length === 0) return [];
  const contact = people.map(({ id }) => id).join(',');
  const theirs = await readRows('/api/platform/robots/conversations', { query: { contact }, limit: MOST }, signal);
  return [
    ...people.map(({ id, name, channel }) => ({ title: name, description: channel, path: `/inbox/contacts/${id}` })),
    ...theirs.map(({ id, contact_name, group, last_text }) => ({
      title: group === '' ? contact_name : `${contact_name} · ${group}`,
      description: last_text,
      path: `/inbox?conversation=${id}`,
    })),
  ];
}

async function robotsNamed(...[text, signal]: Wish): Promise<FoundRecord[]> {
  const words = wordsAsked(text);
  const robots = await readRows(ROBOTS, { limit: MOST_ROBOTS }, signal);
  return robots
    .filter(({ id, name }) => holdsWords(`${name} ${id}`, words))
    .slice(0, MOST)
    .map(({ id, name, channel }) => ({ title: name, description: channel, path: `/assistants/${id}` }));
}
