/** Alerts, for super-admins: what is watched, who is told on which way, pauses, and a test of each way. */
import type Koa from 'koa';
import Type from 'typebox';
import type { Alerts } from '../alerts/alerts.ts';
import { CHANNELS } from '../alerts/channels.ts';
import { coreErrors } from '../errors.ts';
import { ACCEPT_LANGUAGE } from '../http/language.ts';
import { route } from '../http/route.ts';

const TimeOrNull = (description: string) =>
  Type.Union([Type.Integer(), Type.Null()], { description: `${description}, milliseconds since the epoch` });

const AlertView = Type.Object({
  name: Type.String({ description: 'Of core, or `plugin.what`' }),
  title: Type.String({ description: 'In the language of who asks' }),
  path: Type.String({ description: 'Page of the web UI' }),
  since: TimeOrNull('Since when it holds; null: it does not'),
  told_at: TimeOrNull('When somebody was told of it last'),
  is_told: Type.Boolean({ description: 'It was told, and its end will be' }),
  paused_until: TimeOrNull('Nothing is told before'),
});
const ChannelView = Type.Object({
  channel: Type.Enum([...CHANNELS]),
  leads_to: Type.Array(Type.String(), { description: 'Addresses, a chat, a host; empty: nobody is told on this way' }),
});
const AlertsView = Type.Object({
  items: Type.Array(AlertView),
  next_cursor: Type.Null(),
  channels: Type.Array(ChannelView),
});
const Findings = Type.Object({ findings: Type.Array(Type.Object({ ok: Type.Boolean(), text: Type.String() })) });
/** Who wants to hear nothing for longer switches the thing off, or mends it. */
const LONGEST_PAUSE_MS = 366 * 86_400_000;
const PATH = '/api/platform/alerts';
const common = { access: 'superadmin', tag: 'alerts' } as const;

export function alertRoutes(alerts: Alerts) {
  return [
    route({
      method: 'GET',
      path: PATH,
      ...common,
      summary: 'What administrators are told of, how each of it stands, and on which ways they are told',
      requestHeaders: ACCEPT_LANGUAGE,
      responses: { 200: AlertsView },
      handler: async ({ ctx }) => ({
        items: await alerts.states(languageOf(ctx)),
        next_cursor: null,
        channels: await alerts.channels(),
      }),
    }),
    route({
      method: 'POST',
      path: `${PATH}/pause`,
      operationId: 'pauseAlerts',
      ...common,
      summary: 'Tells nothing of these conditions for a while; what was reported is still reported to be over',
      body: Type.Object(
        {
          names: Type.Array(Type.String({ maxLength: 40 }), { minItems: 1, maxItems: 100 }),
          until: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
            description: 'Milliseconds since the epoch, at most a year from now; null ends the pause',
          }),
        },
        { additionalProperties: false },
      ),
      requestHeaders: ACCEPT_LANGUAGE,
      responses: { 200: Type.Object({ items: Type.Array(AlertView) }) },
      async handler({ ctx, body: { names, until }, principal, log }, { clock }) {
        if (until !== null && until > clock.now() + LONGEST_PAUSE_MS)
          throw coreErrors.validation_error({ message: 'A pause lasts a year at most' });
        const unknown = await alerts.pause(names, until);
        if (unknown.length > 0) throw coreErrors.not_found({ message: `There is no alert '${unknown[0]}'` });
        log.info({ by: principal.id, names, until }, until === null ? 'Alerts go on' : 'Alerts were paused');
        return { items: await alerts.states(languageOf(ctx)) };
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/test`,
      operationId: 'testAlerts',
      ...common,
      summary: 'Sends a test on one way, and says what happened',
      body: Type.Object({ channel: Type.Enum([...CHANNELS]) }, { additionalProperties: false }),
      responses: { 200: Findings },
      async handler({ body: { channel }, principal, log }) {
        const findings = await alerts.test(channel);
        log.info({ by: principal.id, channel, findings }, 'Alerts were tried');
        return { findings };
      },
    }),
  ];
}

function languageOf(ctx: Koa.Context): string {
  const wanted = ctx.acceptsLanguages(['en', 'zh']);
  return wanted === false ? 'en' : wanted;
}
