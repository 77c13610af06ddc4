/**
 * What `config/default.yaml` says, when files are made of modules (`scripts/bundle-server.ts`): reading its YAML takes a fortieth
 * of a start. It holds as long as the file has this hash.
 */
export const madeDefaults: { sha256: string; values: unknown } | null = null;
