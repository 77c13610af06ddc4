/** Factors: TOTP with recovery codes, passkeys, and the challenges that they answer. */
import { definePart } from '#core/plugin.ts';
import { SECOND_FACTOR_STEP } from './first-steps.ts';
import { PasskeyView } from './passkeys.ts';
import { Credential, factorRoutes } from './routes.ts';
import { type FactorsScope, factorsServices } from './services.ts';
import { factorTables } from './tables.ts';

export const factors = definePart<FactorsScope>({
  name: 'factors',
  summary: 'TOTP with recovery codes, and passkeys',
  needs: ['accounts', 'audit', 'sessions'],
  tables: factorTables,
  services: factorsServices,
  routes: factorRoutes,
  firstSteps: [SECOND_FACTOR_STEP],
  schemas: { Passkey: PasskeyView, PasskeyCredential: Credential },
});
