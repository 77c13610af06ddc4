/** The schema of `plugins.licensing`. */
import Type, { type Static } from 'typebox';

export const LicensingConfig = Type.Object({
  apiKey: Type.Union([Type.String({ minLength: 16 }), Type.Null()], {
    default: null,
    description: 'A static key for existing scripts, beside API keys with licenses:read or licenses:manage.',
  }),
});
export type LicensingConfig = Static<typeof LicensingConfig>;
