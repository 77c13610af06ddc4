/** Removal of what is over, of all parts at once. */
import { defineCron } from '#core/plugin.ts';
import type { LicensingScope } from './scope.ts';

export const tidyLicensing = defineCron({
  name: 'licensing.tidy',
  summary:
    'Removes leases and offline files that are over, sightings that the window has passed, and lines of devices that came and went more than a year ago',
  schedule: '35 * * * *',
  async run(_run, { leases, offlineFiles, abuseDetection, devices }: LicensingScope) {
    await leases.removeOld();
    await offlineFiles.removeOld();
    await abuseDetection.removeOld();
    await devices.deleteOldHistory();
  },
});
