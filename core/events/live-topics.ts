/**
 * What a live stream is about. A topic is a type of events (`mail.received`), the beginning of one (`mail.*`), or `*`; a
 * type may have a subject after a slash (`mail.received/ada@example.com`).
 */
import { coreErrors } from '../errors.ts';
import type { CloudEvent } from './cloud-event.ts';

export interface LiveTopic {
  /** As it was given. */
  text: string;
  /** A type, or its beginning with the dot. */
  type: string;
  isPrefix: boolean;
  /** Of which subject alone; null for all. */
  subject: string | null;
}

const MOST_TOPICS = 50;
const LONGEST_TOPIC = 400;
const TOPIC = /^(?:(?<prefix>(?:[\w-]+\.)*)\*|(?<type>[\w-]+(?:\.[\w-]+)*)(?:\/(?<subject>[^\s,\p{Cc}]+))?)$/u;

/** Reads `a,b,c`; one that is given twice counts once. Throws `bad_request`. */
export function topicsOf(list: string): LiveTopic[] {
  const texts = [...new Set(list.split(',', MOST_TOPICS * 2))];
  if (texts.length > MOST_TOPICS) {
    throw coreErrors.bad_request({ message: `A stream has at most ${MOST_TOPICS} topics` });
  }
  return texts.map(topicOf);
}

function topicOf(text: string): LiveTopic {
  const { groups } = (text.length <= LONGEST_TOPIC && TOPIC.exec(text)) || {};
  if (!groups) {
    throw coreErrors.bad_request({
      message: `'${text.slice(0, 60)}' is not a topic: name a type of events, with * for the rest or a subject after /`,
    });
  }
  const { prefix, type, subject } = groups;
  return { text, type: type ?? prefix ?? '', isPrefix: type === undefined, subject: subject ?? null };
}

/** Tells quickly whether an event is about one of the topics. */
export function topicMatcher(topics: readonly LiveTopic[]): (event: CloudEvent) => boolean {
  const prefixes = topics.filter(({ isPrefix }) => isPrefix).map(({ type }) => type);
  /** Subjects by type; null is all of them. */
  const types = new Map<string, Set<string> | null>();
  for (const { type, isPrefix, subject } of topics) {
    if (isPrefix) continue;
    const known = types.get(type);
    if (subject === null) types.set(type, null);
    else if (known === undefined) types.set(type, new Set([subject]));
    else known?.add(subject);
  }

  return ({ type, subject }) => {
    const subjects = types.get(type);
    if (subjects === null || (subject !== undefined && subjects?.has(subject))) return true;
    return prefixes.some((prefix) => type.startsWith(prefix));
  };
}
