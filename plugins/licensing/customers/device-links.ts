/** Links with which customers see and release the devices of their licences. Sent to the licence's address alone. */
import Type from 'typebox';
import { type RateLimit, sealedLink, timingSafeDelayMs } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { normalCode } from '../codes.ts';
import type { Devices } from '../devices/devices.ts';
import type { DeviceRow, FileRow } from '../devices/tables.ts';
import { licensingErrors } from '../errors.ts';
import type { LicenceRow } from '../licences/tables.ts';

export interface DeviceLinks {
  /** Mails a link when there is a licence of this address (and code, if given); does the same when there is none. */
  send(email: string, activationCode: string): Promise<void>;
  /** Whether the address has a licence (with that code, if given) that is not revoked. */
  isKnown(email: string, code: string): Promise<boolean>;
  /** The licences that the link opens, with their active devices and files that work. Throws `LINK_EXPIRED`. */
  open(token: string): Promise<{ licence: LicenceRow; devices: DeviceRow[]; files: FileRow[] }[]>;
  /** Throws `LINK_EXPIRED`, `DEVICE_NOT_FOUND`. */
  release(token: string, licenseId: string, deviceId: string): Promise<void>;
}

const LINK_LIFETIME_MS = 60 * 60_000;
/** A customer has few; more would be a page that nobody reads. */
const MOST_LICENCES = 50;
/** Whoever asks, from however many places: nobody's mailbox is filled with links. */
const LINKS_OF_ADDRESS: RateLimit = {
  name: 'licensing.linksOfAddress',
  points: 5,
  windowSeconds: 3600,
  shared: 'closed',
};

export function createDeviceLinks(services: Services & { devices: Devices }): DeviceLinks {
  const { db, clock, jobs, rateLimits, devices } = services;

  return { send, isKnown, open, release };

  /** The job looks whether there is anything to send: who waits for the answer learns nothing by how long it takes. */
  async function send(email: string, activationCode: string): Promise<void> {
    const address = email.trim().toLowerCase();
    await rateLimits.consume(LINKS_OF_ADDRESS, address);
    const payload = { email: address, code: normalCode(activationCode) };
    await db.transaction((trx) =>
      jobs.enqueue(trx, 'licensing.sendDeviceLink', payload, { runAt: clock.now() + timingSafeDelayMs() }),
    );
  }

  async function isKnown(email: string, code: string): Promise<boolean> {
    return (await reachable(email, code).first('id')) !== undefined;
  }

  function reachable(email: string, code: string) {
    const query = db.read('licensing_licences').where({ email }).whereNot({ status: 'revoked' });
    return code ? query.where({ code }) : query;
  }

  async function open(token: string) {
    const opened = deviceLink(services).open(token);
    if (!opened) throw licensingErrors.LINK_EXPIRED();
    const { email, code } = opened;
    const found = await reachable(email, code).orderBy('id', 'desc').limit(MOST_LICENCES);
    return Promise.all(
      found.map(async (licence) => {
        const seated = await devices.of(licence);
        const files = await db
          .read('licensing_files')
          .where({ licence_id: licence.id })
          .where('valid_until', '>', clock.now())
          .orderBy('device_id');
        return { licence, devices: seated.filter(({ status }) => status === 'active'), files };
      }),
    );
  }

  async function release(token: string, licenseId: string, deviceId: string): Promise<void> {
    const opened = await open(token);
    const hit = opened.find(({ licence }) => licence.license_id === licenseId);
    if (!hit || !(await devices.release(hit.licence, deviceId))) throw licensingErrors.DEVICE_NOT_FOUND();
  }
}

/** It carries the address, so that it opens what that has at the moment when it is opened. */
export function deviceLink(services: Pick<Services, 'secrets' | 'clock'>) {
  const content = Type.Object({ email: Type.String(), code: Type.String() });
  return sealedLink(services, { purpose: 'licensing.device-link', content, validMs: LINK_LIFETIME_MS });
}
