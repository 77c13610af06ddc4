/** How the services of factors are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { SessionsScope } from '../sessions/services.ts';
import { createChallenges } from './challenges.ts';
import { createPasskeys } from './passkeys.ts';
import { createSecondFactor } from './second-factor.ts';

export const factorsServices = {
  challenges: createChallenges,
  passkeys: createPasskeys,
  secondFactor: createSecondFactor,
};

export interface FactorsOwn extends ServicesOf<typeof factorsServices> {}

/** What this part sees. */
export interface FactorsScope extends SessionsScope, FactorsOwn {}
