/** What other plugins may use of licensing: its events. It imports nothing from inside. */

export interface LicenceEvent {
  license_id: string;
  email: string;
  plan: string;
  valid_until: number | null;
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      'licence.issued': LicenceEvent;
      /** A device took one of its places. */
      'licence.activated': LicenceEvent & { device_id: string };
      'licence.revoked': LicenceEvent & { reason: string };
      'licence.expired': LicenceEvent;
      /** It ends soon: told once for each end, when its customer is reminded. */
      'licence.expiring': LicenceEvent;
      /** A mail to its customer was not delivered, and why: told again when the reason is another one. */
      'licence.not_mailed': LicenceEvent & { reason: string };
      /** More devices, addresses or countries than the configuration allows; how many of which. */
      'licence.abused': LicenceEvent & {
        found: { device?: number; address?: number; country?: number };
        suspended: boolean;
      };
    }
  }
}
