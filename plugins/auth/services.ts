/** What every part of auth sees: the platform, and the ground floor that the parts share. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import { createAccountData } from './account-data.ts';

export const groundServices = { accountData: createAccountData };

export interface AuthGround extends Services, ServicesOf<typeof groundServices> {}
