/** Who asks: the address of the connection, and the country that the operator's proxy names. */
import type { Services } from '#core/plugin.ts';
import type { LicensingConfig } from '../config.ts';
import type { Caller } from './verify-terms.ts';

export function createCaller({ config }: Services & { config: LicensingConfig }) {
  return (ip: string, header: (name: string) => string): Caller => ({
    ip,
    country: config.countryHeader ? header(config.countryHeader).slice(0, 8).toUpperCase() : '',
  });
}
