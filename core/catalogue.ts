/** What the enabled plugins declare together, for plugins that list or check it. */
import type { Knex } from 'knex';
import type { TSchema } from 'typebox';
import type { Access } from './access/access.ts';
import type { ActivityKind } from './activity/activity-kind.ts';
import type { DeclaredMenu } from './pages/areas.ts';

export interface Catalogue {
  plugins: readonly { name: string; version: string; summary: string; requires: readonly string[] }[];
  /** API key scopes with a sentence each. */
  scopes: Readonly<Record<string, string>>;
  meters: readonly Meter[];
  /** What is counted hour by hour, by its name. */
  activity: Readonly<Record<string, ActivityKind>>;
  /** Settings that tenants may change, by key. */
  tenantSettings: Readonly<Record<string, TSchema>>;
  events: Readonly<Record<string, TSchema>>;
  /** Of the web UI: its areas, and the entries in them. */
  menu: DeclaredMenu;
  /** Where plugins keep the mails of their conditions, by the name of the condition. */
  alertTemplates: ReadonlyMap<string, URL>;
  /** Every route with who may call it, those of core too. Complete once the platform is built. */
  routes: DeclaredRoute[];
}

export interface DeclaredRoute {
  method: string;
  path: string;
  summary: string;
  access: Access;
  plugin: string;
}

export function declared(route: Omit<DeclaredRoute, 'plugin'>, plugin: string): DeclaredRoute {
  const { method, path, summary, access } = route;
  return { method, path, summary, access, plugin };
}

/** Something that plans count and limit. */
export interface Meter {
  name: string;
  summary: string;
  /** `month`: starts at 0 each month; `current`: how many there are now. */
  period: 'month' | 'current';
  /**
   * For `current`: how many there are of each tenant, or of this one. What was not counted (before an upgrade, or while
   * nobody did) is put right by it each hour.
   */
  present?(on: Knex, tenantId: string | null): Promise<ReadonlyMap<string, number>>;
}
