/** Whom a broadcast reaches, as a form has it and as the API does. */
import { type Field, fieldRowsOf } from '../parts/field-rows.tsx';
import type { Broadcast } from './broadcasts-data.ts';

export type Audience = Broadcast['audience'];

export interface AudienceDraft {
  /** Of those who have written to the robots: all, those for whom everything below holds, or none. */
  who: 'everybody' | 'some' | 'nobody';
  labels: string[];
  groups: string[];
  fields: readonly Field[];
  heard: 'any' | 'within' | 'before';
  days: number;
  names: string[];
}

const USUAL_DAYS = 30;

export function draftOf(audience: Audience): AudienceDraft {
  const { everybody = false, labels = [], groups = [], fields = {}, names = [] } = audience;
  const { seen_within_days, unseen_for_days } = audience;
  const days = seen_within_days ?? unseen_for_days;
  const isNarrow = labels.length + groups.length + Object.keys(fields).length > 0 || days !== undefined;
  return {
    who: isNarrow ? 'some' : everybody ? 'everybody' : names.length > 0 ? 'nobody' : 'some',
    labels,
    groups,
    fields: fieldRowsOf(fields),
    names,
    days: days ?? USUAL_DAYS,
    heard: seen_within_days !== undefined ? 'within' : unseen_for_days !== undefined ? 'before' : 'any',
  };
}

export function audienceOf({ who, labels, groups, fields, heard, days, names }: AudienceDraft): Audience {
  const named = Object.fromEntries(fields.flatMap(({ name, value }) => (name.trim() ? [[name.trim(), value]] : [])));
  return {
    ...(who === 'everybody' && { everybody: true }),
    ...(who === 'some' && {
      ...(labels.length > 0 && { labels }),
      ...(groups.length > 0 && { groups }),
      ...(Object.keys(named).length > 0 && { fields: named }),
      ...(heard === 'within' && { seen_within_days: days }),
      ...(heard === 'before' && { unseen_for_days: days }),
    }),
    ...(names.length > 0 && { names }),
  };
}

/** Somebody is named, or asked for. */
export function isAsked(audience: Audience): boolean {
  return Object.keys(audience).length > 0;
}
