/** What stands under this plugin's key in the configuration. */
import { type Static, Type } from 'patchbay-platform/plugin';

export const SampleConfig = Type.Object({
  maxLength: Type.Integer({ default: 1000, minimum: 1, description: 'Longest note in characters.' }),
});
export type SampleConfig = Static<typeof SampleConfig>;
