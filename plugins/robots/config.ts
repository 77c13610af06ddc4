/** The schema of `plugins.robots`. */
import Type, { type Static } from 'typebox';
import { HANDOVER_WORDS, OPT_OUT_WORDS } from './keywords.ts';

const Whole = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: value, minimum, maximum, description });

const Words = (words: string[], description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { default: words, maxItems: 100, description });

export const RobotsConfig = Type.Object({
  requestsPerMinute: Whole(
    60,
    0,
    1_000_000,
    'Requests a minute for each principal over the WorkBot API; 0 is no limit.',
  ),
  accessTokenHours: Whole(24, 1, 24 * 90, 'How long the access token of a robot is good.'),
  refreshTokenDays: Whole(30, 1, 365, 'How long its refresh token is good.'),
  authenticateSeconds: Whole(
    1,
    1,
    30,
    'A socket that came without a token is closed when it does not say who it is so soon.',
  ),
  bareSockets: Type.Object(
    {
      total: Whole(10_000, 1, 1_000_000, 'More are closed with 4029.'),
      perAddress: Whole(
        2_000,
        1,
        1_000_000,
        'The same from one address, behind which many robots may come back at once.',
      ),
    },
    { default: {}, description: 'Sockets that have not said yet whose they are.' },
  ),
  silenceSeconds: Whole(90, 30, 3600, 'A socket that says nothing for so long is closed.'),
  commands: Type.Object(
    {
      repeatSeconds: Whole(
        35,
        5,
        3600,
        'A command without a result is offered again after this. Clients drop repeats within 30 s.',
      ),
      expireHours: Whole(24, 1, 24 * 30, 'A command that nobody has carried out by then expires.'),
      automaticMinutes: Whole(
        60,
        1,
        30 * 24 * 60,
        'The same for what is said without a person: answers of models and of callbacks, questions for a rating.',
      ),
    },
    { default: {}, description: 'How commands reach robots.' },
  ),
  codes: Type.Object(
    {
      prices: Type.Record(Type.String({ pattern: '^[0-9]+$' }), Type.Number({ minimum: 0 }), {
        default: { 30: 50, 180: 200, 365: 300 },
        description: 'Price of an activation code by its days; for other lengths by the day, as in the shortest.',
      }),
      currency: Type.String({ default: 'CNY', pattern: '^[A-Z]{3}$', description: 'Of these prices, by ISO 4217.' }),
      hideDevices: Type.Boolean({
        default: false,
        description:
          'Whether a phone that presents another phone’s code sees only part of the other’s id: anyone who knows a code and its device has its robot.',
      }),
    },
    { default: {}, description: 'Activation codes.' },
  ),
  handover: Type.Object(
    {
      pauseMinutes: Whole(30, 1, 7 * 24 * 60, 'Automatic answers stay away so long after a person has answered.'),
      words: Words(HANDOVER_WORDS, 'What a contact says who wants a person.'),
    },
    { default: {}, description: 'When people take over.' },
  ),
  optOutWords: Words(OPT_OUT_WORDS, 'What a contact says, and nothing else, who wants to hear no more.'),
  loop: Type.Object(
    {
      sameTexts: Whole(6, 2, 1_000, 'So often the same text from a contact within the window is a machine.'),
      exchanges: Whole(30, 2, 10_000, 'So many automatic answers, and as many messages, within the window are a loop.'),
      windowMinutes: Whole(10, 1, 24 * 60, 'The window.'),
    },
    { default: {}, description: 'Two machines that talk to each other are stopped.' },
  ),
  broadcasts: Type.Object(
    {
      perMinute: Whole(20, 1, 600, 'Messages a minute that each robot sends for broadcasts.'),
      lateMinutes: Whole(
        60,
        1,
        7 * 24 * 60,
        'A scheduled message whose time came while nothing ran is sent so late at most.',
      ),
    },
    { default: {}, description: 'Broadcasts and scheduled messages.' },
  ),
  telegram: Type.Object(
    {
      apiBase: Type.String({ default: 'https://api.telegram.org', description: 'Where the Bot API is.' }),
      bots: Type.Record(
        Type.String({ minLength: 1, maxLength: 100 }),
        Type.Object({
          token: Type.String({ pattern: '^[0-9]{1,20}:[\\w-]{1,100}$' }),
          tenant: Type.Optional(Type.String({ description: 'Id of its tenant; default: the operator’s.' })),
        }),
        { default: {}, description: 'Bots that are robots, by their names here.' },
      ),
    },
    { default: {}, description: 'Telegram.' },
  ),
  fileBytes: Whole(10 * 1024 * 1024, 1024, 100 * 1024 * 1024, 'Largest file that a robot may send with a message.'),
  deletedDays: {
    ...Whole(30, 1, 3650, 'A deleted robot is erased with its history after this many days.'),
    title: 'Deleted robots (days)',
    'x-setting': { area: 'retention' },
  },
  logDays: {
    ...Whole(30, 1, 3650, 'Entries of this log are deleted after this many days.'),
    title: 'WorkBot API log (days)',
    'x-setting': { area: 'retention' },
  },
});
export type RobotsConfig = Static<typeof RobotsConfig>;
