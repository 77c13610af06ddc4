/** Links with which customers see and release the devices of their licences. Sent to the licence's address alone. */
import type { Services } from '#core/plugin.ts';
import { licensingErrors } from '../errors.ts';
import type { DeviceRow, LicenceRow } from '../tables.ts';
import { normalCode } from './codes.ts';

export interface DeviceLinks {
  /** Mails a link when there is a licence of this address (and code, if given); silent when there is none. */
  send(email: string, activationCode: string): Promise<void>;
  /** The licences that the link opens, with their active devices. Throws `LINK_EXPIRED`. */
  open(token: string): Promise<{ licence: LicenceRow; devices: DeviceRow[] }[]>;
  /** Throws `LINK_EXPIRED`, `DEVICE_NOT_FOUND`. */
  release(token: string, licenseId: string, deviceId: string): Promise<void>;
}

export const LINK_LIFETIME_MS = 60 * 60_000;
const PURPOSE = 'licensing.device-link';
/** A customer has few; more would be a page that nobody reads. */
const MOST_LICENCES = 50;

export function createDeviceLinks({ db, clock, jobs, secrets, licences, licenceDevices }: Services): DeviceLinks {
  return { send, open, release };

  async function send(email: string, activationCode: string): Promise<void> {
    const code = normalCode(activationCode);
    const address = email.trim().toLowerCase();
    const query = db.read('licensing_licences').where({ email: address }).whereNot({ status: 'revoked' });
    if (code) query.where({ code });
    if (!(await query.first('id'))) return;
    await db.transaction((trx) => jobs.enqueue(trx, 'licensing.sendDeviceLink', { email: address, code }));
  }

  async function open(token: string) {
    const { email, code, expiresAt } = readToken(token);
    if (expiresAt <= clock.now()) throw licensingErrors.LINK_EXPIRED();
    const query = db.read('licensing_licences').where({ email }).whereNot({ status: 'revoked' });
    if (code) query.where({ code });
    const found = await query.orderBy('id', 'desc').limit(MOST_LICENCES);
    return Promise.all(
      found.map(async (licence) => {
        const devices = await licences.devicesOf(licence);
        return { licence, devices: devices.filter(({ status }) => status === 'active') };
      }),
    );
  }

  async function release(token: string, licenseId: string, deviceId: string): Promise<void> {
    const reachable = await open(token);
    const hit = reachable.find(({ licence }) => licence.license_id === licenseId);
    if (!hit || !(await licenceDevices.release(hit.licence, deviceId))) throw licensingErrors.DEVICE_NOT_FOUND();
  }

  function readToken(token: string): { email: string; code: string; expiresAt: number } {
    try {
      return JSON.parse(secrets.open(PURPOSE, token).toString('utf8'));
    } catch (cause) {
      throw licensingErrors.LINK_EXPIRED({ cause });
    }
  }
}

/** Sealed, so that it needs no row: it opens what the address has at that moment. */
export function deviceToken(
  { secrets, clock }: Pick<Services, 'secrets' | 'clock'>,
  email: string,
  code: string,
): string {
  return secrets.seal(PURPOSE, JSON.stringify({ email, code, expiresAt: clock.now() + LINK_LIFETIME_MS }));
}
