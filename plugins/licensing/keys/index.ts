/** Keys that sign offline licences. */
import { definePart } from '#core/plugin.ts';
import { rotateKey } from './routes.ts';
import { type KeysScope, keysServices } from './services.ts';

export const keys = definePart<KeysScope>({
  name: 'keys',
  summary: 'Keys that sign offline licences',
  services: keysServices,
  routes: [rotateKey],
});
