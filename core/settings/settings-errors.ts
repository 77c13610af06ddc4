/** What can be wrong with a change of settings. */
import { ConfigError, defineErrors } from '../errors.ts';

export const settingsErrors = defineErrors({
  no_settings_area: [404, 'There are no settings of this name'],
  no_setting: [422, 'There is no such setting in this area'],
  no_settings_version: [404, 'This version is not kept any more'],
  setting_locked: [409, 'This is set in the configuration file or the environment, which wins'],
  setting_locks_out: [409, 'Without this nobody could sign in any more'],
  setting_refused: [422, 'The server could not work with this'],
  secret_needed: [422, 'Enter the secret again: it would be sent to another address'],
});

/** What was set in the pages after the last good start may be why there is none now. */
export class UnprovenSettings extends ConfigError {
  override name = 'UnprovenSettings';

  constructor(why: string, cause: unknown) {
    super(`${why} (with what is set in the pages; \`patchbay config:reset\` forgets it)`, { cause });
  }
}
