/** Robots, codes and people as the WorkBot document shows them. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';
import type { User } from '#plugins/auth/contract.ts';
import { TextOrNull } from '../serialization.ts';
import { statusOf } from './code-rows.ts';
import { robotStatus } from './presence.ts';
import { settingsOf } from './robot-settings.ts';
import { shownTo } from './shown-credentials.ts';
import type { CodeRow, RobotRow } from './tables.ts';

const DeviceView = Type.Union([
  Type.Object(
    { deviceId: Type.String() },
    { additionalProperties: true, description: 'The phone, as it calls itself' },
  ),
  Type.Null(),
]);

/** Some of the fields that the phone has named; null without one. */
function deviceOf(
  { device, device_id }: Pick<RobotRow, 'device' | 'device_id'>,
  names: readonly string[],
  viewer: Principal,
): Static<typeof DeviceView> {
  if (device_id === null) return null;
  const known: Record<string, unknown> = JSON.parse(device ?? '{}');
  const some = names.filter((name) => known[name] !== undefined).map((name) => [name, known[name]]);
  return { deviceId: shownTo(viewer, device_id), ...Object.fromEntries(some) };
}

export const RobotItem = Type.Object({
  robotId: Type.String({ examples: ['robot_1703123456789_abc123'] }),
  name: Type.String(),
  status: Type.Enum(['online', 'offline', 'deleted']),
  aiMode: Type.String(),
  aiProvider: TextOrNull,
  totalMessages: Type.Integer(),
  aiCallsToday: Type.Integer(),
  lastActiveAt: TextOrNull,
  deviceInfo: DeviceView,
  createdAt: Type.String(),
});

export interface RobotFigures {
  now: number;
  /** Who sees it: of a device and its code no more than this principal may. */
  viewer: Principal;
  aiCallsToday: number;
}

export function robotItem(robot: RobotRow, { now, viewer, aiCallsToday }: RobotFigures): Static<typeof RobotItem> {
  const { aiMode, aiProvider } = settingsOf(robot);
  return {
    robotId: robot.robot_id,
    name: robot.name,
    status: robotStatus(robot, now),
    aiMode,
    aiProvider,
    totalMessages: robot.total_messages,
    aiCallsToday,
    lastActiveAt: isoSeconds(robot.seen_at),
    deviceInfo: deviceOf(robot, ['brand', 'model'], viewer),
    createdAt: isoSeconds(robot.created_at),
  };
}

export const RobotDetail = Type.Object({
  ...RobotItem.properties,
  robotUuid: Type.String({ examples: ['550e8400-e29b-41d4-a716-446655440000'] }),
  aiModel: TextOrNull,
  aiTemperature: Type.Number(),
  aiMaxTokens: Type.Integer(),
  aiContextLength: Type.Integer(),
  aiScenario: TextOrNull,
  replyDelayMin: Type.Number(),
  replyDelayMax: Type.Number(),
  aiCallLimitDaily: Type.Integer(),
  sessionTimeoutMinutes: Type.Integer(),
  activationInfo: Type.Union([
    Type.Object({ code: Type.String(), firstActivatedAt: TextOrNull, lastActivatedAt: TextOrNull }),
    Type.Null(),
  ]),
});

const DEVICE_FIELDS = ['brand', 'model', 'os', 'osVersion', 'manufacturer', 'network', 'appVersion'];

/** `code` is the one that it was activated with last. */
export function robotDetail(robot: RobotRow, code: CodeRow | null, figures: RobotFigures): Static<typeof RobotDetail> {
  return {
    ...robotItem(robot, figures),
    ...settingsOf(robot),
    robotUuid: robot.uuid,
    deviceInfo: deviceOf(robot, [...DEVICE_FIELDS, 'totalMemory', 'screenResolution'], figures.viewer),
    activationInfo: code && {
      code: shownTo(figures.viewer, code.code),
      firstActivatedAt: isoSeconds(code.first_activated_at),
      lastActivatedAt: isoSeconds(code.last_activated_at),
    },
  };
}

export const CodeView = Type.Object({
  code: Type.String({ examples: ['3CQ4Z9LE'] }),
  status: Type.Enum(['unused', 'used', 'disabled', 'expired']),
  validityPeriod: Type.Integer({ description: 'Days from the first activation' }),
  price: Type.Number(),
  createdAt: Type.String(),
});

export function codeView(code: CodeRow, now: number): Static<typeof CodeView> {
  return {
    code: code.code,
    status: statusOf(code, now),
    validityPeriod: code.validity_days,
    price: Number(code.price),
    createdAt: isoSeconds(code.created_at),
  };
}

export const CodeItem = Type.Object({
  ...CodeView.properties,
  boundUser: Type.Union([
    Type.Object({ userId: Type.Integer(), nickname: Type.String(), phone: TextOrNull }),
    Type.Null(),
  ]),
  robotId: TextOrNull,
  deviceInfo: DeviceView,
  firstActivatedAt: TextOrNull,
  expiresAt: TextOrNull,
});

export function codeItem(
  code: CodeRow,
  { now, viewer, user, robotId }: { now: number; viewer: Principal; user: User | null; robotId: string | null },
): Static<typeof CodeItem> {
  return {
    ...codeView(code, now),
    code: shownTo(viewer, code.code),
    boundUser: user && { userId: user.id, nickname: nicknameOf(user), phone: user.phone },
    robotId,
    deviceInfo: deviceOf(code, ['brand', 'model'], viewer),
    firstActivatedAt: isoSeconds(code.first_activated_at),
    expiresAt: isoSeconds(code.expires_at),
  };
}

/** What people are called: their name, else what they sign in with. */
export function nicknameOf({ full_name, username, email, phone }: User): string {
  return full_name ?? username ?? email?.split('@')[0] ?? phone ?? '';
}
