/** Mails to the customer of a licence, and what became of the last one: refused for good is not tried again. */
import { DeliveryError, isAppError, isoSeconds, messageOf, type RateLimit } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { EVERY_TENANT, type Reach } from '../access.ts';
import type { Products } from '../products/products.ts';
import { eventOf } from './events.ts';
import { lockedLicence, recordHistory } from './licence-rows.ts';
import type { LicenceRow } from './tables.ts';

const FOLDER = new URL('../mail-templates/', import.meta.url);
const LONGEST_REASON = 500;

/** Anybody with a tenant may make or import licences for a stranger's address: only the operator's may fill a mailbox. */
const MAILS_OF_ADDRESS: RateLimit = {
  name: 'licensing.mailsOfAddress',
  points: 20,
  windowSeconds: 3600,
  shared: 'closed',
};

/** Only of active licences. Each throws what may pass, so that a job tries again; a refusal for good is kept with the licence. */
export interface CustomerMails {
  sendCode(licenseId: string, idempotencyKey: string): Promise<void>;
  remind(licenseId: string, idempotencyKey: string): Promise<void>;
  /** Sends the code now and keeps what became of it. Throws `LICENCE_NOT_FOUND`, `rate_limited`. */
  sendCodeAgain(reach: Reach, licenseId: string, idempotencyKey: string): Promise<void>;
}

export function createCustomerMails({
  db,
  clock,
  log,
  events,
  mailer,
  mailTemplates,
  rateLimits,
  operatorTenant,
  products,
}: Services & Pick<AuthServices, 'operatorTenant'> & { products: Products }): CustomerMails {
  return {
    async sendCode(licenseId, idempotencyKey) {
      const licence = await activeLicence(licenseId);
      if (licence && !(await isFlooded(licence))) await send(licence, codeTemplate(licence), idempotencyKey);
    },
    async remind(licenseId, idempotencyKey) {
      const licence = await activeLicence(licenseId);
      // It may have been made one without an end since.
      if (!licence || licence.valid_until === null || (await isFlooded(licence))) return;
      await send(licence, 'licence_expiring', idempotencyKey);
    },
    async sendCodeAgain(reach, licenseId, idempotencyKey) {
      const licence = await db.transaction((trx) => lockedLicence(trx, reach, licenseId));
      if (licence.status !== 'active') return;
      await admit(licence);
      // Somebody is there to read why, and to try again.
      await send(licence, codeTemplate(licence), idempotencyKey).catch((error) => {
        if (!(error instanceof DeliveryError)) throw error;
      });
    },
  };

  async function activeLicence(licenseId: string): Promise<LicenceRow | undefined> {
    return db.read('licensing_licences').where({ license_id: licenseId, status: 'active' }).first();
  }

  async function admit({ tenant_id: tenantId, email }: LicenceRow): Promise<void> {
    if (tenantId === null || tenantId === (await operatorTenant.id())) return;
    await rateLimits.consume(MAILS_OF_ADDRESS, email);
  }

  async function isFlooded(licence: LicenceRow): Promise<boolean> {
    try {
      await admit(licence);
      return false;
    } catch (error) {
      if (!isAppError(error) || error.code !== 'rate_limited') throw error;
      log.warn(
        { tenantId: licence.tenant_id, licence: licence.license_id },
        'A customer was not written to: the address got too many mails within an hour',
      );
      await storeFailure(licence, 'The address got too many mails within an hour');
      return true;
    }
  }

  async function send(licence: LicenceRow, template: string, idempotencyKey: string): Promise<void> {
    const { name } = await products.rulesOf(licence);
    const mail = mailTemplates.render(FOLDER, template, valuesOf(licence, name));
    try {
      await mailer.send({ to: licence.email, ...mail, idempotencyKey });
    } catch (error) {
      const reason = messageOf(error).slice(0, LONGEST_REASON);
      await storeFailure(licence, reason);
      if (!(error instanceof DeliveryError) || !error.isPermanent) throw error;
      log.warn({ licence: licence.license_id, reason }, 'A mail to a customer was refused');
      return;
    }
    await storeDelivery(licence);
  }

  /** The same failure of another try is no news. */
  async function storeFailure(licence: LicenceRow, reason: string): Promise<void> {
    await db.transaction(async (trx) => {
      const { id, mail_failure } = await lockedLicence(trx, EVERY_TENANT, licence.license_id);
      if (mail_failure === reason) return;
      await trx('licensing_licences').where({ id }).update({ mail_failure: reason });
      await recordHistory(trx, licence, { what: 'not_mailed', detail: { reason }, at: clock.now() });
      const options = { tenantId: licence.tenant_id, subject: licence.license_id };
      await events.emit(trx, 'licence.not_mailed', { ...eventOf(licence), reason }, options);
    });
  }

  /** What is only written to the log was delivered to nobody. */
  async function storeDelivery(licence: LicenceRow): Promise<void> {
    if (!mailer.canSend) return;
    await db.transaction(async (trx) => {
      await trx('licensing_licences').where({ id: licence.id }).update({ mail_failure: null });
      await recordHistory(trx, licence, { what: 'mailed', detail: { email: licence.email }, at: clock.now() });
    });
  }
}

/** What has no end is another text: no day can stand there. */
function codeTemplate({ valid_until }: LicenceRow): string {
  return valid_until === null ? 'licence_issued_lifetime' : 'licence_issued';
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
