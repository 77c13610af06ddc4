/** The services that call third parties. */
import { type CallbackBodies, createCallbackBodies } from './callback-bodies.ts';
import { type CallbackCalls, createCallbackCalls } from './callback-calls.ts';
import { type CallbackPlaces, createCallbackPlaces } from './callback-places.ts';
import { type CallbackSettings, createCallbackSettings } from './callback-settings.ts';

export interface ThirdPartyOwn {
  robotCallbackSettings: CallbackSettings;
  robotCallbackBodies: CallbackBodies;
  robotCallbackPlaces: CallbackPlaces;
  robotCallbackCalls: CallbackCalls;
}

export const thirdPartyServices = {
  robotCallbackSettings: createCallbackSettings,
  robotCallbackBodies: createCallbackBodies,
  robotCallbackPlaces: createCallbackPlaces,
  robotCallbackCalls: createCallbackCalls,
};
