/**
 * Whether anybody finds the server where it listens since a start. That a port can be opened shows nothing of firewalls, forwarded
 * ports and names: with other doors than before, the settings count as proven once somebody known has come by them. Where nobody does,
 * the server goes back to the doors that it had, and says so.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../clock.ts';
import type { CoreConfig } from '../config/schema.ts';
import type { Database } from '../database/database.ts';
import { messageOf } from '../errors.ts';
import type { Authentication } from '../http/authentication.ts';
import { isLoopback } from '../loopback.ts';
import type { Logger } from '../observability/log.ts';
import { noteProven, noteRefused, readProven, type StoredSettings } from './stored-settings.ts';

export interface DoorsProof {
  hasStarted(): Promise<void>;
  stop(): void;
}

export interface DoorsProofParts {
  db: Database;
  clock: Clock;
  log: Logger;
  authentication: Pick<Authentication, 'onArrival'>;
  coreConfig: Pick<CoreConfig, 'http'>;
  /** What the server has started with. */
  inForce: StoredSettings;
  /** Areas by which it listens elsewhere than at the last proven start. */
  moved: readonly string[];
  /** Null where nobody would start it again. */
  restart(): (() => void) | null;
}

/** For an operator who changes a firewall, a proxy or a name, or waits for a certificate. */
export const ARRIVE_WITHIN_MS = 15 * 60_000;
export const NOBODY_ARRIVED =
  'Nobody signed in reached the server at its new address within 15 minutes, so it went back to the former one. ' +
  'Save another address, or restart to try this one again';

export function createDoorsProof(parts: DoorsProofParts): DoorsProof {
  const { db, clock, log, authentication, coreConfig, inForce, moved, restart } = parts;
  const isForThisMachine = isLoopback(coreConfig.http.host);
  let stopWaiting = (): void => {};

  return {
    async hasStarted() {
      if (moved.length === 0) return noteProven(db.write, inForce);
      log.info(
        { areas: moved },
        'The server listens elsewhere than before: it stays so once somebody signed in has reached it',
      );
      stopWaiting = clock.after(ARRIVE_WITHIN_MS, () => void goBack().catch(warn));
      authentication.onArrival((ip, headers) => {
        if (!isForThisMachine && isFromInside(ip, headers)) return false;
        stopWaiting();
        void noteProven(db.write, inForce).catch(warn);
        return true;
      });
    },
    stop: () => stopWaiting(),
  };

  async function goBack(): Promise<void> {
    const known = await readProven(db.write);
    // Another replica was reached.
    if (moved.every((area) => known[area] === inForce.get(area)?.version)) return;
    const again = restart();
    if (!again) return;
    log.error({ areas: moved }, NOBODY_ARRIVED);
    await noteRefused(db.write, Object.fromEntries(moved.map((area) => [area, inForce.get(area)?.version ?? 0])));
    again();
  }

  function warn(error: unknown): void {
    log.warn({ reason: messageOf(error) }, 'Whether the server was reached could not be noted');
  }
}

/** A program beside the server comes by no firewall and no name, so it proves nothing; a proxy beside it names whom it asks for. */
function isFromInside(ip: string, headers: IncomingHttpHeaders): boolean {
  const host = headers.host?.replace(/:\d+$/, '') ?? '';
  return isLoopback(ip) && isLoopback(host) && !headers['x-forwarded-for'] && !headers.forwarded;
}
