/** The mail with a link to the devices of a customer's licences. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import { deviceLink } from './device-links.ts';
import type { CustomersScope } from './services.ts';

const FOLDER = new URL('../mail-templates/', import.meta.url);

export const sendDeviceLink = defineJob({
  name: 'licensing.sendDeviceLink',
  summary: 'Sends a customer the link to the devices of a licence, if there is one',
  payload: Type.Object({ email: Type.String(), code: Type.String() }),
  async run({ email, code }, { id }, services: CustomersScope) {
    if (!(await services.deviceLinks.isKnown(email, code))) return;
    const token = deviceLink(services).seal({ email, code });
    const link = `${services.coreConfig.http.publicUrl}/licences/devices?token=${encodeURIComponent(token)}`;
    const mail = services.mailTemplates.render(FOLDER, 'licence_devices', { link, token });
    await services.mailer.send({ to: email, ...mail, idempotencyKey: `licensing.sendDeviceLink/${id}` });
  },
});
