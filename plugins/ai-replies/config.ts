/** The schema of `plugins.ai-replies`. */
import Type, { type Static } from 'typebox';

const Whole = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: value, minimum, maximum, description });
/** Of a million tokens. */
export const HIGHEST_PRICE = 1_000_000;
const Price = (description: string) => Type.Number({ default: 0, minimum: 0, maximum: HIGHEST_PRICE, description });
const Url = Type.String({ pattern: '^https?://', maxLength: 1_000 });
const ApiKey = Type.String({
  default: '',
  title: 'API key',
  description: 'The key of your account at the service. Leave it empty if it needs none.',
});
const Model = Type.String({
  minLength: 1,
  maxLength: 200,
  title: 'Model',
  description: 'The name of the model at the service.',
});
const Shared = Type.Boolean({
  default: false,
  title: 'Share with other organisations',
  description: 'All organisations on this server use this model, at the cost of the operator.',
});

/** What can stand in a header: no key has anything else in it, but what was copied along with one. */
export const KEY_PATTERN = '^[\\x21-\\x7e]*$';

export const PROVIDER_KINDS = ['openai-compatible', 'anthropic', 'dify', 'coze', 'webhook'] as const;

const Limits = Type.Object(
  {
    firstByteSeconds: Whole(30, 1, 600, 'A provider that has said nothing by then has failed.'),
    idleSeconds: Whole(20, 1, 600, 'So has one that stops in the middle for so long.'),
    totalSeconds: Whole(120, 1, 3600, 'And one that has not finished.'),
    maxBytes: Whole(
      2 * 1024 * 1024,
      1024,
      100 * 1024 * 1024,
      'Largest answer, with all that a stream wraps around it.',
    ),
  },
  { default: {}, description: 'How long and how large an answer may be.' },
);

const Hours = Type.Object(
  {
    zone: Type.String({ default: 'UTC', minLength: 1, maxLength: 60 }),
    from: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }),
    to: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$' }),
  },
  { description: 'It is asked within these hours of each day alone; over midnight when `to` comes before `from`.' },
);

/** What is the same for a provider of the configuration and for one that a tenant has added. */
export const ProviderSettings = {
  kind: Type.Enum([...PROVIDER_KINDS], { description: 'Which API it speaks.' }),
  baseUrl: Url,
  model: Type.String({ default: '', maxLength: 200, description: 'Model, or with Coze the id of the bot.' }),
  pictures: Type.Boolean({ default: false, description: 'It understands pictures.' }),
  tools: Type.Boolean({ default: true, description: 'It can call functions.' }),
  schemas: Type.Boolean({ default: false, description: 'It supports JSON schemas (`response_format`).' }),
  assistant: Type.Optional(
    Type.Boolean({
      description:
        'It has its own instructions, knowledge and memory, and receives only what the customer says. Default: true for `dify`, `coze` and `webhook`.',
    }),
  ),
  instructions: Type.Boolean({
    default: false,
    description: 'For an assistant: it still receives our instructions, passages and the earlier messages.',
  }),
  handover: Type.String({
    default: '',
    maxLength: 200,
    description: 'For an assistant: what it writes when a person has to take over.',
  }),
  inputs: Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,59}$' }), Type.String({ maxLength: 2_000 }), {
    default: {},
    maxProperties: 50,
    description: 'For an assistant: variables that it is given beside `name`, `room` and `robot`.',
  }),
  price: Type.Object(
    {
      input: Price('Of a million tokens that it reads.'),
      output: Price('Of a million tokens that it writes.'),
    },
    { default: {}, description: 'Prices in `currency`.' },
  ),
  hours: Type.Optional(Hours),
  limits: Limits,
};

export const ConfiguredProvider = Type.Object({
  ...ProviderSettings,
  apiKey: Type.String({
    default: '',
    maxLength: 1_000,
    description: 'Never shown.',
  }),
  headers: Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]{1,100}$' }), Type.String({ maxLength: 2_000 }), {
    default: {},
    description: 'Further headers.',
  }),
  shared: Type.Boolean({
    default: false,
    description: 'Whether tenants other than the operator’s may use it, at the operator’s cost.',
  }),
});
export type ConfiguredProvider = Static<typeof ConfiguredProvider>;

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$' });

const KnowledgeLimits = Type.Object(
  {
    maxFileMb: Whole(20, 1, 200, 'Largest document.'),
    maxImportMb: Whole(100, 1, 1_000, 'Largest ZIP, CSV or JSON of many documents, as it is sent.'),
    maxTotalMb: Whole(1_024, 1, 1_000_000, 'All documents of a tenant together, as they were sent.'),
    maxUnzippedMb: Whole(100, 1, 1_000, 'Largest DOCX or XLSX, unpacked; also of a part of a PDF.'),
    maxPages: Whole(500, 1, 10_000, 'Most pages of a PDF.'),
    seconds: Whole(60, 1, 600, 'A document that takes longer to read fails.'),
    memoryMb: Whole(512, 64, 8_192, 'Memory of the thread that reads one.'),
    readers: Whole(4, 1, 16, 'Documents that are read at once, of one tenant half of them.'),
    maxChunks: Whole(200_000, 1, 10_000_000, 'Passages that a tenant may keep.'),
    vectorCacheMb: Whole(
      256,
      1,
      65_536,
      'Vectors kept in memory: of large bases, and where the database cannot compare them itself.',
    ),
  },
  { default: {}, description: 'What documents of knowledge may cost.' },
);

export const AiRepliesConfig = Type.Object({
  providers: Type.Record(Name, ConfiguredProvider, {
    default: {},
    description: 'Models by the names that robots know them by. The first is asked first; the next when it fails.',
  }),
  currency: Type.String({
    // As that of plans: whoever bills in another one sets both.
    default: 'USD',
    pattern: '^[A-Z]{3}$',
    title: 'Currency of costs',
    'x-setting': { area: 'ai' },
    description:
      'The three-letter code of the currency for model prices, costs and budgets, such as EUR. Amounts already counted are not converted.',
  }),
  breaker: Type.Object(
    {
      failures: Whole(5, 1, 100, 'After so many failures in a row a provider is left alone.'),
      seconds: Whole(30, 1, 3600, 'For so long; then one call tries it.'),
    },
    { default: {}, description: 'When a provider counts as down.' },
  ),
  retries: Whole(1, 0, 5, 'Further tries of one provider on 429 and 5xx, before the next one is asked.'),
  longestWaitSeconds: Whole(10, 0, 300, 'A `Retry-After` that is longer asks the next provider instead of waiting.'),
  concurrency: Whole(100, 1, 1_000, 'Answers that this process makes at once, of one tenant half of them.'),
  gather: Type.Object(
    {
      pauseSeconds: Whole(3, 0, 300, 'A person who writes nothing for so long is answered.'),
      mostSeconds: Whole(15, 0, 600, 'The longest wait after the first message, however much the customer writes.'),
    },
    { default: {}, description: 'Several short messages get one answer.' },
  ),
  contextTokens: Whole(2_000, 100, 100_000, 'Tokens of what was said that go along with a question, roughly.'),
  replyDays: {
    ...Whole(90, 1, 3650, 'Answers, and the reasons why there was none, are deleted after this many days.'),
    title: 'AI answers (days)',
    'x-setting': { area: 'retention' },
  },
  decisionHours: Whole(24, 1, 720, 'A call of a tool that nobody has decided on for so long a person takes over.'),
  callDays: {
    ...Whole(90, 1, 3650, 'Single calls are deleted after this many days. Daily totals are kept.'),
    title: 'Model calls (days)',
    'x-setting': { area: 'retention' },
  },
  embedding: Type.Optional(
    Type.Object(
      {
        baseUrl: {
          ...Url,
          title: 'Base URL',
          description: 'The URL that comes before /embeddings, such as https://api.openai.com/v1.',
        },
        apiKey: ApiKey,
        model: Model,
        price: { ...Price('Per million tokens, in the currency of costs.'), title: 'Price' },
        batch: { ...Whole(64, 1, 2_048, 'How many texts are sent in one request.'), title: 'Texts per request' },
        shared: Shared,
      },
      {
        title: 'Embedding model',
        'x-setting': { area: 'ai' },
        description:
          'With it, knowledge is also found by meaning, not only by words. Any OpenAI-compatible service will do.',
      },
    ),
  ),
  rerank: Type.Optional(
    Type.Object(
      {
        url: {
          ...Url,
          title: 'URL',
          description: 'The full URL of the rerank endpoint, such as https://api.cohere.com/v2/rerank.',
        },
        apiKey: ApiKey,
        model: Model,
        shared: Shared,
      },
      {
        title: 'Reranking model',
        'x-setting': { area: 'ai' },
        description:
          'Sorts the knowledge that was found, the most useful first. Any service compatible with Cohere or Jina will do.',
      },
    ),
  ),
  knowledge: KnowledgeLimits,
});
export type AiRepliesConfig = Static<typeof AiRepliesConfig>;
