/** How the services that call third parties are made. */
import type { ServicesOf } from '#core/plugin.ts';
import { createCallbackBodies } from './bodies.ts';
import { createCallbackCalls } from './calls.ts';
import { createCallbackPlaces } from './places.ts';
import { createCallbackSettings } from './settings.ts';

export const thirdPartyServices = {
  robotCallbackSettings: createCallbackSettings,
  robotCallbackBodies: createCallbackBodies,
  robotCallbackPlaces: createCallbackPlaces,
  robotCallbackCalls: createCallbackCalls,
};

export interface ThirdPartyOwn extends ServicesOf<typeof thirdPartyServices> {}
