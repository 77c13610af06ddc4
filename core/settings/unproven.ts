/** A start that failed with settings that no start has had before. */
import { ConfigError } from '../errors.ts';

/** What was set in the pages after the last good start may be why there is none now. */
export class UnprovenSettings extends ConfigError {
  override name = 'UnprovenSettings';

  constructor(why: string, cause: unknown) {
    super(`${why} (with what is set in the pages; \`patchbay config:reset\` forgets it)`, { cause });
  }
}
