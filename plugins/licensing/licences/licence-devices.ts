/** The devices of a licence, which stand above licences: they say here which a licence has, and how many seats are taken. */
import { createPort, type Port } from '#core/kit.ts';
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

export type LicenceDevices = Port<DevicesKnown>;

export const createLicenceDevices = (): LicenceDevices => createPort('the devices of licences');
