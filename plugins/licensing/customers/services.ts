/** How the services of customers are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { DevicesScope } from '../devices/services.ts';
import { createDeviceLinks } from './device-links.ts';
import { createTrials } from './trials.ts';

export const customersServices = {
  deviceLinks: createDeviceLinks,
  trials: createTrials,
};

export interface CustomersOwn extends ServicesOf<typeof customersServices> {}

/** What this part sees. */
export interface CustomersScope extends DevicesScope, CustomersOwn {}
