/** What customers call by themselves: a trial; a link to the devices of their licences, which shows and releases them. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { Secret, Text } from '../codes.ts';
import { EmailSchema } from '../licences/email-schema.ts';
import { devicesPage } from './devices-page.ts';
import type { CustomersScope } from './services.ts';

const Success = Type.Object({ success: Type.Literal(true) });

export const customerRoutes = [
  route({
    method: 'POST',
    path: '/api/licenses/trials',
    operationId: 'beginTrial',
    access: 'public',
    summary: 'Starts a trial of a product; the code comes by mail',
    description: 'One for each address. Asking again sends no second mail, and the answer is the same.',
    rateLimit: { name: 'licensing.trials', points: 10, windowSeconds: 3600, shared: 'closed' },
    body: Type.Object({ product_id: Type.String({ minLength: 1, maxLength: 40 }), email: EmailSchema }),
    responses: { 200: Type.Object({ success: Type.Literal(true), trial_days: Type.Integer() }) },
    async handler({ body }, { trials, products }: CustomersScope) {
      const product = await products.findPublic(body.product_id);
      await trials.start(product, body.email);
      return { success: true, trial_days: product.trial_days };
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/device-link',
    operationId: 'requestDeviceLink',
    access: 'public',
    summary: 'Mails the customer a link to the devices of their licences',
    description: 'The answer is the same whether there is such a licence or not.',
    rateLimit: { name: 'licensing.device-link', points: 5, windowSeconds: 3600, shared: 'closed' },
    body: Type.Object({ email: Text(320), activation_code: Type.Optional(Secret(100)) }),
    responses: { 200: Success },
    async handler({ body }, { deviceLinks }: CustomersScope) {
      await deviceLinks.send(body.email, body.activation_code ?? '');
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/my-devices',
    operationId: 'listMyDevices',
    access: 'public',
    summary: 'The devices that a link opens',
    body: Type.Object({ token: Secret(2000) }),
    responses: {
      200: Type.Object({
        success: Type.Literal(true),
        licenses: Type.Array(
          Type.Object({
            license_id: Type.String(),
            plan: Type.String(),
            device_cap: Type.Integer(),
            valid_until: Type.Union([Type.String(), Type.Null()]),
            devices: Type.Array(
              Type.Object({ device_id: Type.String(), device_name: Type.String(), last_seen_at: Type.String() }),
            ),
            offline_files: Type.Array(Type.Object({ device_id: Type.String(), works_until: Type.String() }), {
              description: 'They hold their places until then, also when the device is released',
            }),
          }),
        ),
      }),
    },
    async handler({ body }, { deviceLinks }: CustomersScope) {
      const opened = await deviceLinks.open(body.token);
      return {
        success: true,
        licenses: opened.map(({ licence, devices, files }) => ({
          license_id: licence.license_id,
          plan: licence.plan,
          device_cap: licence.device_cap,
          valid_until: isoSeconds(licence.valid_until),
          devices: devices.map(({ device_id, device_name, last_seen_at }) => ({
            device_id,
            device_name,
            last_seen_at: isoSeconds(last_seen_at),
          })),
          offline_files: files.map(({ device_id, valid_until }) => ({
            device_id,
            works_until: isoSeconds(valid_until),
          })),
        })),
      };
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/my-devices/release',
    operationId: 'releaseMyDevice',
    access: 'public',
    summary: 'Frees the place of a device; it may come back',
    body: Type.Object({ token: Secret(2000), license_id: Text(40), device_id: Text(200) }),
    responses: { 200: Success },
    async handler({ body }, { deviceLinks }: CustomersScope) {
      await deviceLinks.release(body.token, body.license_id, body.device_id);
      return { success: true };
    },
  }),
  devicesPage,
];
