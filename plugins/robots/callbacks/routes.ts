/** Third parties of robots: where they are called (§5.1, §5.2). */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { answer } from '../dialect.ts';
import { SENTENCES } from '../dialect-messages.ts';
import { addressTo } from '../robots/shown-credentials.ts';
import { booleanOf, Truthy } from '../serialization.ts';
import type { CallbacksScope } from './services.ts';

const RobotId = Type.String({ minLength: 1, maxLength: 60 });
const Url = Type.Optional(Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()]));
const ShownUrl = Type.Union([Type.String(), Type.Null()]);

const configureThirdParty = route({
  method: 'POST',
  path: '/api/robot/third-party/config',
  access: { scope: 'robots:manage' },
  summary: 'Says where a third party is called; what is not named stays, null ends it',
  body: Type.Object(
    {
      robotId: RobotId,
      messageCallbackUrl: Url,
      resultCallbackUrl: Url,
      statusCallbackUrl: Url,
      qrcodeCallbackUrl: Url,
      enableSignature: Type.Optional(Truthy()),
      secretKey: Type.Optional(Type.String({ minLength: 1, maxLength: 200, writeOnly: true })),
      isActive: Type.Optional(Truthy()),
    },
    { additionalProperties: true },
  ),
  responses: { 200: Type.Null() },
  async handler({ body, principal }, { robots, robotCallbackSettings }: CallbacksScope) {
    const robot = await robots.ofPrincipal(principal, body.robotId);
    const { messageCallbackUrl, resultCallbackUrl, statusCallbackUrl, qrcodeCallbackUrl } = body;
    const urls = { message: messageCallbackUrl, result: resultCallbackUrl };
    await robotCallbackSettings.change(robot, {
      urls: { ...urls, status: statusCallbackUrl, qrcode: qrcodeCallbackUrl },
      ...(body.enableSignature !== undefined && { isSigned: booleanOf(body.enableSignature) }),
      ...(body.isActive !== undefined && { isActive: booleanOf(body.isActive) }),
      ...(body.secretKey !== undefined && { secret: body.secretKey }),
    });
    return answer(SENTENCES.configured);
  },
});

const showThirdParty = route({
  method: 'GET',
  path: '/api/robot/third-party/config/{robotId}',
  access: { scope: 'robots:read' },
  summary: 'Where a third party is called; its secret is not shown',
  params: Type.Object({ robotId: RobotId }),
  responses: {
    200: Type.Object({
      robotId: Type.String(),
      messageCallbackUrl: ShownUrl,
      resultCallbackUrl: ShownUrl,
      statusCallbackUrl: ShownUrl,
      qrcodeCallbackUrl: ShownUrl,
      enableSignature: Type.Boolean(),
      isActive: Type.Boolean(),
    }),
  },
  async handler({ params, principal }, { robots, robotCallbackSettings }: CallbacksScope) {
    const robot = await robots.ofPrincipal(principal, params.robotId);
    const row = await robotCallbackSettings.of(robot.id);
    return {
      robotId: robot.robot_id,
      messageCallbackUrl: addressTo(principal, row?.message_url ?? null),
      resultCallbackUrl: addressTo(principal, row?.result_url ?? null),
      statusCallbackUrl: addressTo(principal, row?.status_url ?? null),
      qrcodeCallbackUrl: addressTo(principal, row?.qrcode_url ?? null),
      enableSignature: row?.is_signed === 1,
      isActive: row?.is_active === 1,
    };
  },
});

export const thirdPartyRoutes = [configureThirdParty, showThirdParty];
