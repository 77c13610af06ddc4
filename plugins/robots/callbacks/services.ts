/** The services that call third parties. */
import { type CallbackBodies, createCallbackBodies } from './bodies.ts';
import { type CallbackCalls, createCallbackCalls } from './calls.ts';
import { type CallbackPlaces, createCallbackPlaces } from './places.ts';
import { type CallbackSettings, createCallbackSettings } from './settings.ts';

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
