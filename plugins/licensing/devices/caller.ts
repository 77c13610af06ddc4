/** Who asks: the address of the connection, and the country that the operator's proxy names. */
import type { LicensingConfig } from '../config.ts';

export interface Caller {
  ip: string;
  /** '' when nobody says. */
  country: string;
}

export function callerOf(
  ip: string,
  headers: { get(name: string): string },
  { countryHeader }: LicensingConfig,
): Caller {
  return { ip, country: countryHeader ? headers.get(countryHeader).slice(0, 8).toUpperCase() : '' };
}
