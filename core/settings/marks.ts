/**
 * Which keys of the configuration administrators may change in the pages: those whose schema has a mark, `x-setting`. A mark on an
 * object makes one setting of all that is in it.
 */
import type { TSchema } from 'typebox';
import { isTree } from '../config/tree.ts';

export const MARK = 'x-setting';

/** Beside it: what the values of a choice are called, `{ log: 'Write to the log only' }`. */
export const LABELS = 'x-labels';
/** What the button says that adds an entry to a list or a record: `Add a domain`. */
export const ADD = 'x-add';
/** What the names in a record are: `Domain`. */
export const NAME = 'x-name';

/** `'x-setting': { area: 'sending' }` beside a schema's `default` and `description`. */
export interface SettingMark {
  /** Where it stands in the settings: one of `SETTINGS_AREAS`, or one of the plugin's own. */
  area: string;
  /** In force when it is saved; without it after the next start. */
  isLive?: boolean;
  /** Shown while another setting of its area has this value: `['mailer.transport', 'smtp']`. */
  when?: readonly [name: string, value: string];
}

export interface Setting {
  /** What it is called in the API: `mailer.transport`, `plugins.mail.domains`. */
  name: string;
  /** Its place in the configuration, where a plugin stands by its key: a name, a folder, a package. */
  path: readonly string[];
  schema: TSchema;
  area: string;
  isLive: boolean;
  when: SettingMark['when'] | null;
}

/** All that is marked below a schema, in its order. */
export function markedIn(schema: TSchema, path: readonly string[], name: readonly string[] = path): Setting[] {
  const tree: Record<string, unknown> = { ...schema };
  const mark = tree[MARK];
  if (isTree(mark)) {
    const { area, isLive = false, when = null } = mark as unknown as SettingMark;
    return [{ name: name.join('.'), path, schema, area, isLive, when }];
  }
  if (!isTree(tree.properties)) return [];
  return Object.entries(tree.properties).flatMap(([key, below]) =>
    markedIn(below as TSchema, [...path, key], [...name, key]),
  );
}
