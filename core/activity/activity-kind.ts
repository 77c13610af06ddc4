/** What is counted hour by hour, as it is declared. */
import type { Access } from '../access/access.ts';
import type { PageText } from '../pages/pages.ts';

/** Something that is counted. */
export interface ActivityKind {
  title: PageText;
  /** Who sees how often it happened in their own tenant; default: everybody in it. Super-admins see all tenants together. */
  access?: Access;
}
