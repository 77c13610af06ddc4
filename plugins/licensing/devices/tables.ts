/** Rows of what takes a seat of a licence: devices, leases and offline files; and of what was seen of its users. */
import type { OwnedTables } from '#core/plugin.ts';

export interface DeviceRow {
  id: number;
  licence_id: number;
  /** That of its licence, which never changes. */
  tenant_id: string | null;
  device_id: string;
  device_name: string;
  /** As the device says. */
  ip_address: string;
  /** Address of its last connection, and the country, if known. */
  seen_from: string;
  status: 'active' | 'deactivated';
  activated_at: number;
  last_seen_at: number;
}

export interface LeaseRow {
  lease_id: string;
  licence_id: number;
  device_id: string;
  acquired_at: number;
  expires_at: number;
}

/** The longest of a device's offline files. */
export interface FileRow {
  licence_id: number;
  device_id: string;
  /** The end of its grace days. */
  valid_until: number;
}

export interface SightingRow {
  licence_id: number;
  kind: 'device' | 'address' | 'country';
  value: string;
  seen_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      licensing_devices: DeviceRow;
      licensing_leases: LeaseRow;
      licensing_files: FileRow;
      licensing_sightings: SightingRow;
    }
  }
}

/** Whose they are. */
export const deviceTables = {
  licensing_devices: { 'tenant.deleted': { by: 'the foreign key to licensing_licences' } },
} satisfies OwnedTables;
