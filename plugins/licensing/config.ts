/** The schema of `plugins.licensing`. */
import Type, { type Static } from 'typebox';

const Many = (description: string, value: number) =>
  Type.Integer({ minimum: 1, maximum: 100_000, default: value, description });

export const LicensingConfig = Type.Object({
  // As short as the one in the examples of the licence document.
  apiKey: Type.Union([Type.String({ minLength: 12 }), Type.Null()], {
    default: null,
    description: 'A static key for existing scripts, beside API keys with licenses:read or licenses:manage.',
  }),
  customerMail: Type.Object(
    {
      onIssue: Type.Boolean({ default: true, description: 'Customers get their code by mail when it is made.' }),
      daysBeforeExpiry: Type.Integer({
        minimum: 0,
        maximum: 365,
        default: 7,
        description: 'They are reminded so many days before the end; 0 never.',
      }),
    },
    { default: {} },
  ),
  abuse: Type.Object(
    {
      windowHours: Many('Length of the window in which different callers of one licence are counted.', 24),
      devices: Many('More devices than this, refused ones included, are abuse.', 50),
      addresses: Many('More network addresses than this are abuse.', 50),
      countries: Many('More countries than this are abuse.', 5),
      suspend: Type.Boolean({ default: false, description: 'Suspend such a licence automatically.' }),
    },
    { default: {} },
  ),
  countryHeader: Type.Union([Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.Null()], {
    default: null,
    description:
      'Header in which your proxy names the caller’s country (cf-ipcountry). Only with a proxy that sets it.',
  }),
});
export type LicensingConfig = Static<typeof LicensingConfig>;
