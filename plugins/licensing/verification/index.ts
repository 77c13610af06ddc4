/** Verification: whether a code is valid now, asked by programs at every start of theirs; and licences that too many use. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import { LICENCES_READ } from '../access.ts';
import { LicenceFields } from '../licences/events.ts';
import { verifyFunction } from './functions.ts';
import { type VerificationScope, verificationServices } from './services.ts';

export const verification = definePart<VerificationScope>({
  name: 'verification',
  summary: 'Whether a code is valid, and whether too many use it',
  needs: ['licences', 'devices'],
  services: verificationServices,
  events: {
    'licence.abused': Type.Object({
      ...LicenceFields,
      found: Type.Record(Type.String(), Type.Integer()),
      suspended: Type.Boolean(),
    }),
  },
  eventAccess: { 'licence.abused': LICENCES_READ },
  functions: [verifyFunction],
});
