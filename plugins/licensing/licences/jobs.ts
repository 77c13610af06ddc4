/** Mails to customers: their code, and a reminder before the end. */
import Type from 'typebox';
import { isAppError, isoSeconds, type RateLimit } from '#core/kit.ts';
import { defineJob, type EventHandler } from '#core/plugin.ts';
import type { LicencesScope } from './services.ts';
import type { LicenceRow } from './tables.ts';

const FOLDER = new URL('../mail-templates/', import.meta.url);

/** The subscription to `licence.issued`: the customer gets the code. */
export const mailIssuedLicence: EventHandler<'licence.issued'> = async ({ id, data }, services: LicencesScope) => {
  if (!services.licensingConfig.customerMail.onIssue) return;
  // What has no end is another text: no day can stand there.
  const template = (isForEver: boolean) => (isForEver ? 'licence_issued_lifetime' : 'licence_issued');
  await mailAbout(services, data.license_id, template, `licensing.issued/${id}`);
};

/** Anybody with a tenant may make or import licences for a stranger's address: only the operator's may fill a mailbox. */
const MAILS_OF_ADDRESS: RateLimit = {
  name: 'licensing.mailsOfAddress',
  points: 20,
  windowSeconds: 3600,
  shared: 'closed',
};

async function isFlooded({ rateLimits, operatorTenant, log }: LicencesScope, licence: LicenceRow): Promise<boolean> {
  const { tenant_id: tenantId, license_id, email } = licence;
  if (tenantId === null || tenantId === (await operatorTenant.id())) return false;
  try {
    await rateLimits.consume(MAILS_OF_ADDRESS, email);
    return false;
  } catch (error) {
    if (!isAppError(error) || error.code !== 'rate_limited') throw error;
    log.warn(
      { tenantId, licence: license_id },
      'A customer was not written to: the address got too many mails within an hour',
    );
    return true;
  }
}

export const remindOfExpiry = defineJob({
  name: 'licensing.remind',
  summary: 'Tells a customer that a licence is about to end',
  payload: Type.Object({ license_id: Type.String() }),
  async run({ license_id }, { id }, services: LicencesScope) {
    // It may have been made one without an end since.
    const template = (isForEver: boolean) => (isForEver ? null : 'licence_expiring');
    await mailAbout(services, license_id, template, `licensing.remind/${id}`);
  },
});

async function mailAbout(
  services: LicencesScope,
  licenseId: string,
  templateOf: (isForEver: boolean) => string | null,
  idempotencyKey: string,
): Promise<void> {
  const { db, mailer, mailTemplates, products } = services;
  const licence = await db.read('licensing_licences').where({ license_id: licenseId }).first();
  if (licence?.status !== 'active') return;
  const template = templateOf(licence.valid_until === null);
  if (template === null || (await isFlooded(services, licence))) return;
  const { name } = await products.rulesOf(licence);
  const mail = mailTemplates.render(FOLDER, template, valuesOf(licence, name));
  await mailer.send({ to: licence.email, ...mail, idempotencyKey });
}

function valuesOf(licence: LicenceRow, name: string): Record<string, string> {
  const product = name === 'default' ? '' : name;
  return {
    code: licence.activation_code,
    license_id: licence.license_id,
    product,
    // With what parts it from the words before: most vendors on a server of their own have no products.
    of_product: product && ` (${product})`,
    valid_until: licence.valid_until === null ? '' : dayAndTime(licence.valid_until),
    devices: String(licence.device_cap),
  };
}

/** `2026-12-22 07:41 UTC` */
function dayAndTime(at: number): string {
  return `${isoSeconds(at).slice(0, 16).replace('T', ' ')} UTC`;
}
