/** Licensing's queued work: mails to customers. */
import Type from 'typebox';
import { isoSeconds } from '#core/iso-time.ts';
import { defineJob, type EventHandler, type Services } from '#core/plugin.ts';
import { deviceToken } from './services/device-links.ts';
import type { LicenceRow } from './tables.ts';

const FOLDER = new URL('./mail-templates/', import.meta.url);

/** The subscription to `licence.issued`: the customer gets the code. */
export const mailIssuedLicence: EventHandler<'licence.issued'> = async ({ id, data }, services) => {
  if (!services.licensingCustomerMail.onIssue) return;
  await mailAbout(services, data.license_id, 'licence_issued', `licensing.issued/${id}`);
};

export const remindOfExpiry = defineJob({
  name: 'licensing.remind',
  summary: 'Tells a customer that a licence is about to end',
  payload: Type.Object({ license_id: Type.String() }),
  async run({ license_id }, { id }, services) {
    await mailAbout(services, license_id, 'licence_expiring', `licensing.remind/${id}`);
  },
});

export const sendDeviceLink = defineJob({
  name: 'licensing.sendDeviceLink',
  summary: 'Sends a customer the link to the devices of a licence',
  payload: Type.Object({ email: Type.String(), code: Type.String() }),
  async run({ email, code }, { id }, services) {
    const token = deviceToken(services, email, code);
    const link = `${services.coreConfig.http.publicUrl}/licences/devices?token=${encodeURIComponent(token)}`;
    const mail = services.mailTemplates.render(FOLDER, 'licence_devices', { link, token });
    await services.mailer.send({ to: email, ...mail, idempotencyKey: `licensing.sendDeviceLink/${id}` });
  },
});

async function mailAbout(
  services: Services,
  licenseId: string,
  template: string,
  idempotencyKey: string,
): Promise<void> {
  const { db, mailer, mailTemplates, licensingProducts } = services;
  const licence = await db.read('licensing_licences').where({ license_id: licenseId }).first();
  if (licence?.status !== 'active') return;
  const { name } = await licensingProducts.rulesOf(licence);
  const mail = mailTemplates.render(FOLDER, template, valuesOf(licence, name));
  await mailer.send({ to: licence.email, ...mail, idempotencyKey });
}

function valuesOf(licence: LicenceRow, product: string): Record<string, string> {
  return {
    code: licence.activation_code,
    license_id: licence.license_id,
    product: product === 'default' ? '' : product,
    valid_until: licence.valid_until === null ? '—' : isoSeconds(licence.valid_until),
    devices: String(licence.device_cap),
  };
}
