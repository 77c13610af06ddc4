/** Secrets in settings: shown as there, and kept when they come back as they were shown. */
import { isTree, type Tree } from '../config/tree.ts';
import { HIDDEN, isSecretName } from '../security/masked.ts';

/** The value with each secret in it as `(hidden)`. */
export function withoutSecrets(value: unknown, name = ''): unknown {
  if (typeof value === 'string' && value !== '' && isSecretName(name)) return HIDDEN;
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one));
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, withoutSecrets(below, key)]));
}

/**
 * The value with the secrets of `former` where it says `(hidden)`. `needed` is called with the name of a secret that is not there, or
 * that would go to another address than it was entered for, or there in the clear, or to who shows another key: who may change an
 * address need not know what is sent there.
 */
export function withSecretsOf(former: unknown, value: unknown, needed: (name: string) => void, name = ''): unknown {
  if (value === HIDDEN && isSecretName(name)) {
    if (typeof former !== 'string') needed(name);
    return former;
  }
  if (!isTree(value)) return value;
  const before: Tree = isTree(former) ? former : {};
  const mayReachOthers = leadsElsewhere(before, value);
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => {
      if (below === HIDDEN && isSecretName(key) && mayReachOthers) needed(key);
      return [key, withSecretsOf(before[key], below, needed, key)];
    }),
  );
}

/** Names of keys that say where something is sent. */
const ADDRESS = /^(host|port|url|base|apiBase|baseUrl|issuer|endpoint)$/i;

function leadsElsewhere(before: Tree, value: Tree): boolean {
  // An address that is left out is that of the default, which need not be the one that was there.
  const isMoved = Object.keys({ ...before, ...value }).some((key) => ADDRESS.test(key) && value[key] !== before[key]);
  const isInClear = before.secure === true && value.secure !== true;
  // While no key of the server was confirmed, nothing was sent to anybody.
  const isOpen = before.fingerprint === undefined || before.fingerprint === '';
  return isMoved || isInClear || (!isOpen && value.fingerprint !== before.fingerprint);
}
