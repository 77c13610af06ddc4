/** How the services of verification are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { DevicesOwn } from '../devices/services.ts';
import type { LicensingGround } from '../services.ts';
import { createAbuseDetection } from './abuse.ts';
import { createVerification } from './verification.ts';

export const verificationServices = {
  abuseDetection: createAbuseDetection,
  verification: createVerification,
};

export interface VerificationOwn extends ServicesOf<typeof verificationServices> {}

/** What this part sees. */
export interface VerificationScope extends LicensingGround, DevicesOwn, VerificationOwn {}
