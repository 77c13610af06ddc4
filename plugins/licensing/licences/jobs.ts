/** When customers are written to: when a licence was issued, and before its end. */
import Type from 'typebox';
import { defineJob, type EventHandler } from '#core/plugin.ts';
import type { LicencesScope } from './services.ts';

/** The subscription to `licence.issued`: the customer gets the code. */
export const mailIssuedLicence: EventHandler<'licence.issued'> = async ({ id, data }, services: LicencesScope) => {
  const { licensingConfig, customerMails } = services;
  if (licensingConfig.customerMail.onIssue) await customerMails.sendCode(data.license_id, `licensing.issued/${id}`);
};

export const remindOfExpiry = defineJob({
  name: 'licensing.remind',
  summary: 'Tells a customer that a licence is about to end',
  payload: Type.Object({ license_id: Type.String() }),
  async run({ license_id }, { id }, { customerMails }: LicencesScope) {
    await customerMails.remind(license_id, `licensing.remind/${id}`);
  },
});
