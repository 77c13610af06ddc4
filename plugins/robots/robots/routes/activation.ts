/** WorkBot: what phones call before they are anybody: activation, and new tokens. The code and the token are the credentials. */

import Type, { type Static } from 'typebox';
import { reply, route } from '#core/plugin.ts';
import { answer } from '../../dialect.ts';
import { SENTENCES } from '../../dialect-messages.ts';
import { countStranger } from '../../request-limit.ts';
import { TextOrNull } from '../../serialization.ts';
import type { Device } from '../activation.ts';
import type { RobotsPartScope } from '../services.ts';

const Code = Type.String({ minLength: 1, maxLength: 64, examples: ['3CQ4Z9LE'], writeOnly: true });
const DeviceId = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f]+$' });
const Field = Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Number(), Type.Null()]));
const FIELDS = {
  brand: Field,
  model: Field,
  os: Field,
  osVersion: Field,
  manufacturer: Field,
  network: Field,
  appVersion: Field,
  totalMemory: Field,
  screenResolution: Field,
};
const DeviceInfo = Type.Object({ deviceId: DeviceId, ...FIELDS }, { additionalProperties: true });

const Pair = Type.Object({
  robotId: Type.String(),
  robotUuid: Type.String(),
  token: Type.String(),
  refreshToken: Type.String(),
  expiresAt: Type.String({ description: 'The end of `token`' }),
  isNewActivation: Type.Boolean(),
});

export const activationRoutes = [
  route({
    method: 'POST',
    path: '/api/robot-ids/activate',
    access: 'public',
    summary: 'A robot for a code on a device; the same device again gets a new pair of tokens',
    body: Type.Object(
      { code: Code, robotId: Type.Optional(Type.String({ maxLength: 60 })), deviceInfo: DeviceInfo },
      { additionalProperties: true },
    ),
    responses: { 200: Pair, 201: Pair },
    async handler({ body, ip, userAgent }, scope: RobotsPartScope) {
      await countStranger(scope, ip);
      const { code, robotId, deviceInfo } = body;
      const request = { code, robotId: robotId || undefined, device: deviceOf(deviceInfo), origin: { ip, userAgent } };
      const { robot, tokens, isNew } = await scope.robotActivations.activate(request);
      const { token, refreshToken, expiresAt } = tokens;
      const data = {
        robotId: robot.robot_id,
        robotUuid: robot.uuid,
        token,
        refreshToken,
        expiresAt,
        isNewActivation: isNew,
      };
      return isNew ? reply(201, answer(SENTENCES.activated, data, 201)) : answer(SENTENCES.activatedAgain, data, 200);
    },
  }),
  route({
    method: 'POST',
    path: '/api/robot-ids/verify',
    access: 'public',
    summary: 'Whether this device could activate a code',
    body: Type.Object({ code: Code, deviceId: DeviceId }, { additionalProperties: true }),
    responses: {
      200: Type.Object({
        valid: Type.Boolean(),
        robotId: TextOrNull,
        status: TextOrNull,
        canActivate: Type.Boolean(),
      }),
    },
    async handler({ body, ip, userAgent }, scope: RobotsPartScope) {
      await countStranger(scope, ip);
      const state = await scope.robotActivations.stateOf(body.code, body.deviceId, { ip, userAgent });
      if (!state) return { valid: false, robotId: null, status: null, canActivate: false };
      return { valid: state.status === 'unused' || state.status === 'used', ...state };
    },
  }),
  route({
    method: 'POST',
    path: '/api/robot/refresh-token',
    access: 'public',
    summary: 'A new token for a refresh token; its successor comes along, and counts from its first use',
    body: Type.Object(
      { refreshToken: Type.String({ minLength: 1, maxLength: 2_000, writeOnly: true }) },
      { additionalProperties: true },
    ),
    responses: {
      200: Type.Object({ token: Type.String(), refreshToken: Type.String(), expiresAt: Type.String() }),
    },
    async handler({ body, ip }, scope: RobotsPartScope) {
      await countStranger(scope, ip);
      return scope.robotTokens.refresh(body.refreshToken);
    },
  }),
];

/** The fields of the document; others are not kept. */
function deviceOf(info: Static<typeof DeviceInfo>): Device {
  const named = Object.keys(FIELDS).flatMap((name) => {
    const value: unknown = Reflect.get(info, name);
    return typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(named), deviceId: info.deviceId };
}
