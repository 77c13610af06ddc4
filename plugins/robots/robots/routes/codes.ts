/** WorkBot: activation codes, for super-admins. */

import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { type Principal, route } from '#core/plugin.ts';
import { answer } from '../../dialect.ts';
import { SENTENCES } from '../../dialect-messages.ts';
import { ListOf, numbered, PageNumber } from '../../paging.ts';
import { Numeric, TextOrNull, wholeOf } from '../../serialization.ts';
import { whereStatus } from '../code-rows.ts';
import type { RobotsPartScope } from '../services.ts';
import type { CodeRow } from '../tables.ts';
import { CodeItem, CodeView, codeItem, codeView } from '../views.ts';

export const CODE_STATES = ['unused', 'used', 'disabled', 'expired'] as const;
export const CODES_AT_ONCE = 1_000;
export const LONGEST_DAYS = 3_650;
export const CodeName = Type.String({ minLength: 1, maxLength: 64, examples: ['3CQ4Z9LE'] });
export const Reason = Type.Optional(Type.String({ maxLength: 500 }));

export const codeRoutes = [
  route({
    method: 'POST',
    path: '/api/admin/activation-codes',
    access: 'superadmin',
    summary: 'New activation codes, of a person or of your own tenant',
    body: Type.Object(
      {
        count: Type.Optional(Numeric({ minimum: 1, maximum: CODES_AT_ONCE })),
        validityPeriod: Type.Optional(Numeric({ minimum: 1, maximum: LONGEST_DAYS })),
        boundUserId: Type.Optional(Type.Union([Numeric({ minimum: 1 }), Type.Null()])),
      },
      { additionalProperties: true },
    ),
    responses: { 200: Type.Object({ codes: Type.Array(CodeView) }) },
    async handler({ body, principal, ip, userAgent }, { robotCodes, clock }: RobotsPartScope) {
      const wish = {
        count: wholeOf('count', body.count ?? 1, 1, CODES_AT_ONCE),
        validityDays: wholeOf('validityPeriod', body.validityPeriod ?? 30, 1, LONGEST_DAYS),
        userId: body.boundUserId == null ? null : wholeOf('boundUserId', body.boundUserId, 1, Number.MAX_SAFE_INTEGER),
      };
      const codes = await robotCodes.generate(principal, wish, { ip, userAgent });
      return answer(SENTENCES.generated, { codes: codes.map((code) => codeView(code, clock.now())) });
    },
  }),
  route({
    method: 'GET',
    path: '/api/admin/activation-codes',
    access: 'superadmin',
    summary: 'Activation codes, newest first',
    query: Type.Object({ ...PageNumber, status: Type.Optional(Type.Enum([...CODE_STATES])) }),
    responses: { 200: ListOf(CodeItem) },
    async handler({ query, principal }, scope: RobotsPartScope) {
      const { db, clock } = scope;
      const rows = db.read('robots_codes').orderBy('id', 'desc');
      if (query.status !== undefined) whereStatus(rows, [query.status], clock.now());
      const page = await numbered<CodeRow>(rows, query);
      return { total: page.total, list: await codeItems(page.rows, principal, scope) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/admin/unbind-device',
    access: 'superadmin',
    summary: 'Takes the device off a code, which is free for another one then; the robot and its history stay',
    body: Type.Object({ code: { ...CodeName, writeOnly: true }, reason: Reason }, { additionalProperties: true }),
    responses: {
      200: Type.Object({ deviceId: Type.String(), robotId: TextOrNull, unboundAt: Type.String() }),
    },
    async handler({ body, principal, ip, userAgent }, { robotCodes }: RobotsPartScope) {
      const origin = { ip, userAgent };
      const { at, ...unbound } = await robotCodes.unbind(principal, body.code, body.reason ?? '', origin);
      return answer(SENTENCES.unbound, { ...unbound, unboundAt: isoSeconds(at) });
    },
  }),
  route({
    method: 'POST',
    path: '/api/admin/activation-codes/{code}/disable',
    access: 'superadmin',
    summary: 'Ends a code for good, and the tokens of its robot',
    params: Type.Object({ code: CodeName }),
    responses: { 200: Type.Null() },
    async handler({ params, principal, ip, userAgent }, { robotCodes }: RobotsPartScope) {
      await robotCodes.disable(principal, params.code, { ip, userAgent });
      return answer(SENTENCES.disabled);
    },
  }),
];

/** Codes with the people and robots that they belong to. */
export async function codeItems(codes: readonly CodeRow[], viewer: Principal, { db, clock, people }: RobotsPartScope) {
  const ids = codes.flatMap(({ robot }) => (robot === null ? [] : [robot]));
  const robots = await db.read('robots_robots').whereIn('id', ids).select('id', 'robot_id');
  const robotIds = new Map(robots.map(({ id, robot_id }) => [id, robot_id]));
  const userIds = new Set(codes.flatMap(({ user_id }) => (user_id === null ? [] : [user_id])));
  const users = new Map(await Promise.all([...userIds].map(async (id) => [id, await people.userById(id)] as const)));
  const now = clock.now();
  return codes.map((code) =>
    codeItem(code, {
      now,
      viewer,
      user: users.get(code.user_id ?? -1) ?? null,
      robotId: robotIds.get(code.robot ?? -1) ?? null,
    }),
  );
}
