/** The devices of a licence, which stand above licences: they say here which a licence has, and how many seats are taken. */
import type { Transaction } from '#core/plugin.ts';
import type { LicenceRow } from './tables.ts';

export interface LicenceDevice {
  device_id: string;
  device_name: string;
  ip_address: string;
  status: string;
  activated_at: number;
  last_seen_at: number;
}

export interface DevicesKnown {
  /** All of them, switched off ones too. */
  of(licence: Pick<LicenceRow, 'id'>): Promise<LicenceDevice[]>;
  /** Only with the licence locked. */
  takenSeats(trx: Transaction, licence: Pick<LicenceRow, 'id'>, now: number): Promise<number>;
}

export interface LicenceDevices extends DevicesKnown {
  /** Said once, by who knows them. */
  by(known: DevicesKnown): void;
}

export function createLicenceDevices(): LicenceDevices {
  let known: DevicesKnown | null = null;
  return {
    of: (licence) => said().of(licence),
    takenSeats: (trx, licence, now) => said().takenSeats(trx, licence, now),
    by(devices) {
      known = devices;
    },
  };

  /** Whoever calls before the parts stand together has made a mistake. */
  function said(): DevicesKnown {
    if (!known) throw new Error('Nobody has said which devices a licence has');
    return known;
  }
}
