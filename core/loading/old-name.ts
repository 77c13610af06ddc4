/**
 * The package was called `patchbay` while it was in no registry. npm has another program of that name: whoever still asks for
 * it would be given that one, so a plugin that does is refused, and told what to change.
 */
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../errors.ts';

const OLD_IMPORT = /^patchbay\/(?<entry>plugin|kit|testing|ui|register)$/;

export class OldNameError extends Error {
  override name = 'OldNameError';
  readonly sentence: string;
  readonly wanted: string;
  /** The file that imports, where it is known. */
  readonly importer: string | null;

  constructor(wanted: string, entry: string, parentURL: string | undefined) {
    const importer = parentURL?.startsWith('file:') ? fileURLToPath(parentURL) : null;
    const sentence = `'${wanted}' is called 'patchbay-platform/${entry}' now: change the import`;
    super(importer ? `${sentence} in ${importer}` : sentence);
    this.sentence = sentence;
    this.wanted = wanted;
    this.importer = importer;
  }
}

/** Throws an OldNameError. */
export function refuseOldImport(specifier: string, parentURL: string | undefined): void {
  const entry = OLD_IMPORT.exec(specifier)?.groups?.entry;
  if (entry !== undefined) throw new OldNameError(specifier, entry, parentURL);
}

/** Throws a ConfigError: npm would install the stranger beside the plugin. */
export function refuseOldPeer(peers: Readonly<Record<string, unknown>>, file: string): void {
  if (!Object.hasOwn(peers, 'patchbay')) return;
  throw new ConfigError(
    `${file} names 'patchbay' among its peerDependencies, which is another program in the npm registry: ` +
      "call it 'patchbay-platform' there and in peerDependenciesMeta",
  );
}
