/** What grows, part by part: how it is filled, and what is measured on it. */
import type { Platform } from '#core/platform.ts';
import type { insidesOf } from '#test/support/insides.ts';

export interface Measured {
  what: string;
  /** One time; a fault is an end of the measurement. */
  run(): Promise<unknown>;
  /** How often; default 9, after two that do not count. */
  times?: number;
  /** Milliseconds that `run` itself has measured, where not all of it is meant. */
  isOwnTime?: boolean;
}

export interface PartContext {
  services: ReturnType<typeof insidesOf>;
  platform: Platform;
  /** So many rows. */
  count: number;
  /** Fetches a path as the root token; fails unless it is answered with 200. */
  get(path: string): Promise<void>;
  /** The same as the administrator, who belongs to the operator's tenant. */
  getAsAdmin(path: string): Promise<void>;
  /** As the root token, with a body. */
  post(path: string, body: unknown): Promise<void>;
  /** Runs scheduled work by its name. */
  cron(name: string): Promise<void>;
}

export interface Part {
  fill(context: PartContext): Promise<void>;
  measured(context: PartContext): Measured[];
}
