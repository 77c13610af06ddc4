/** A sentence for the operator about what is wrong with the configuration or the surroundings; the boot stops with it. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
