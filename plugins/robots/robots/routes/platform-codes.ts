/** Activation codes for pages: super-admins make and end them, administrators of tenants see those of theirs. */

import Type from 'typebox';
import { isoSeconds, isSuperadmin, TENANT_ADMINS } from '#core/kit.ts';
import { listRoute, route } from '#core/plugin.ts';
import { TextOrNull } from '../../serialization.ts';
import { normalCode } from '../code-forms.ts';
import { whereStatus } from '../code-rows.ts';
import type { RobotsPartScope } from '../services.ts';
import { maySeeCredentials, shownTo } from '../shown-credentials.ts';
import type { CodeRow } from '../tables.ts';
import { codeView } from '../views.ts';
import { CODE_STATES, CODES_AT_ONCE, CodeName, codeItems, LONGEST_DAYS, Reason } from './codes.ts';

const Params = Type.Object({ code: CodeName });
const TIME = Type.String();

const ListedCode = Type.Object({
  code: Type.String({ examples: ['3CQ4Z9LE'] }),
  status: Type.Enum([...CODE_STATES]),
  validity_days: Type.Integer({ description: 'From the first activation' }),
  price: Type.Number(),
  currency: Type.String({ examples: ['CNY'] }),
  user_id: Type.Union([Type.Integer(), Type.Null()], { description: 'Whose robots it makes; null: its tenant’s' }),
  user_name: TextOrNull,
  robot_id: TextOrNull,
  device_id: TextOrNull,
  activations: Type.Integer(),
  first_activated_at: TextOrNull,
  expires_at: TextOrNull,
  created_at: TIME,
});

const codeList = listRoute({
  path: '/api/platform/robots/codes',
  access: { scope: 'robots:read', roles: TENANT_ADMINS },
  summary: 'Activation codes, newest first',
  item: ListedCode,
  columns: {
    status: {
      type: 'text',
      filter: 'equals',
      values: CODE_STATES,
      narrow: (rows, wanted, { clock }) => whereStatus(rows, wanted, clock.now()),
    },
    user_id: { type: 'integer', filter: 'equals' },
    created_at: { type: 'time', filter: 'range' },
  },
  search: {
    description: 'A code, or the id of its device; finds nothing without `robots:manage`',
    find(rows, text, _services, { principal }) {
      // Who sees the ends of a code alone does not guess the rest of it here.
      if (!maySeeCredentials(principal)) return void rows.whereRaw('1 = 0');
      rows.where((either) => either.where({ code: normalCode(text) }).orWhere({ device_id: text.trim() }));
    },
  },
  rows({ principal }, { db }: RobotsPartScope) {
    const rows = db.read('robots_codes');
    return isSuperadmin(principal) ? rows : rows.where({ tenant_id: principal.tenantId ?? '' });
  },
  async items(rows: CodeRow[], services, { principal }) {
    const items = await codeItems(rows, principal, services as RobotsPartScope);
    const { currency } = (services as RobotsPartScope).robotsConfig.codes;
    return rows.map((row, index) => {
      const item = items[index];
      return {
        code: shownTo(principal, row.code),
        status: item?.status ?? row.status,
        validity_days: row.validity_days,
        price: Number(row.price),
        currency,
        user_id: row.user_id,
        user_name: item?.boundUser?.nickname ?? null,
        robot_id: item?.robotId ?? null,
        device_id: shownTo(principal, row.device_id),
        activations: row.activations,
        first_activated_at: item?.firstActivatedAt ?? null,
        expires_at: item?.expiresAt ?? null,
        created_at: isoSeconds(row.created_at),
      };
    });
  },
});

export const platformCodeRoutes = [
  codeList,
  route({
    method: 'POST',
    path: '/api/platform/robots/codes',
    access: 'superadmin',
    summary: 'New activation codes, of a person or of your own tenant',
    body: Type.Object({
      count: Type.Integer({ minimum: 1, maximum: CODES_AT_ONCE }),
      validity_days: Type.Integer({ minimum: 1, maximum: LONGEST_DAYS }),
      user_id: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()])),
    }),
    responses: {
      201: Type.Object({ codes: Type.Array(Type.String()), price: Type.Number(), currency: Type.String() }),
    },
    async handler({ body, principal, ip, userAgent }, { robotCodes, clock, robotsConfig }: RobotsPartScope) {
      const wish = { count: body.count, validityDays: body.validity_days, userId: body.user_id ?? null };
      const codes = await robotCodes.generate(principal, wish, { ip, userAgent });
      const views = codes.map((code) => codeView(code, clock.now()));
      return {
        codes: views.map(({ code }) => code),
        price: views[0]?.price ?? 0,
        currency: robotsConfig.codes.currency,
      };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/robots/codes/{code}/history',
    access: 'superadmin',
    summary: 'History of a code, oldest first: activations, refused attempts, unbindings; at most 1,000',
    params: Params,
    responses: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            at: TIME,
            what: Type.String(),
            device_id: TextOrNull,
            actor: TextOrNull,
            reason: Type.String(),
            ip: Type.String(),
            user_agent: Type.String(),
          }),
        ),
      }),
    },
    handler: async ({ params }, { robotCodes }: RobotsPartScope) => ({
      items: (await robotCodes.historyOf(params.code)).map(
        ({ at, what, device_id, actor, reason, ip, user_agent }) => ({
          at: isoSeconds(at),
          what,
          device_id,
          actor,
          reason,
          ip,
          user_agent,
        }),
      ),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/codes/{code}/unbind',
    access: 'superadmin',
    summary: 'Takes the device off a code, which is free for another one then',
    params: Params,
    body: Type.Object({ reason: Reason }),
    responses: { 200: Type.Object({ device_id: Type.String(), robot_id: TextOrNull }) },
    async handler({ params, body, principal, ip, userAgent }, { robotCodes }: RobotsPartScope) {
      const origin = { ip, userAgent };
      const { deviceId, robotId } = await robotCodes.unbind(principal, params.code, body.reason ?? '', origin);
      return { device_id: deviceId, robot_id: robotId };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/codes/{code}/disable',
    access: 'superadmin',
    summary: 'Ends a code for good, and the tokens of its robot',
    params: Params,
    responses: { 204: null },
    async handler({ params, principal, ip, userAgent }, { robotCodes }: RobotsPartScope) {
      await robotCodes.disable(principal, params.code, { ip, userAgent });
    },
  }),
];
