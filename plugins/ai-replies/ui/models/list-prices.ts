/**
 * What well-known models cost by the public lists of who offers them, as a suggestion. Per million tokens; where the price depends
 * on the hour, the length or on thinking, that of busy hours and of short texts without it.
 */

/** The day on which the lists said so. */
export const PRICES_OF = '2026-09-27';

export interface ListPrice {
  input: number;
  output: number;
  currency: string;
}

type Amounts = readonly [input: number, output: number];

interface Offer {
  host: string;
  currency: string;
  models: Readonly<Record<string, Amounts>>;
}

/** The same model elsewhere has another price. */
const OFFERS: readonly Offer[] = [
  {
    host: 'api.deepseek.com',
    currency: 'CNY',
    models: { 'deepseek-flash': [2, 8], 'deepseek-v4-flash': [2, 8], 'deepseek-v4-pro': [9, 27] },
  },
  {
    host: 'api.deepseek.com',
    currency: 'USD',
    models: { 'deepseek-flash': [0.3, 1.2], 'deepseek-v4-flash': [0.3, 1.2], 'deepseek-v4-pro': [1.32, 3.96] },
  },
  {
    host: 'api.openai.com',
    currency: 'USD',
    models: {
      'gpt-4.1': [2, 8],
      'gpt-4.1-mini': [0.4, 1.6],
      'gpt-4.1-nano': [0.1, 0.4],
      'gpt-4o': [2.5, 10],
      'gpt-4o-mini': [0.15, 0.6],
      'gpt-5': [1.25, 10],
      'gpt-5-mini': [0.25, 2],
      'gpt-5-nano': [0.05, 0.4],
      'gpt-5.1': [1.25, 10],
      'gpt-5.2': [1.75, 14],
    },
  },
  {
    host: 'api.anthropic.com',
    currency: 'USD',
    models: {
      'claude-haiku-4-5': [1, 5],
      'claude-sonnet-4-5': [3, 15],
      'claude-sonnet-4-6': [3, 15],
      'claude-sonnet-5': [2, 10],
      'claude-opus-4-8': [5, 25],
      'claude-opus-5': [5, 25],
    },
  },
  {
    host: 'dashscope.aliyuncs.com',
    currency: 'CNY',
    models: { 'qwen-plus': [0.8, 2], 'qwen3.5-plus': [0.8, 4.8], 'qwen3.6-plus': [2, 12] },
  },
  { host: 'api.moonshot.cn', currency: 'CNY', models: { 'kimi-k2.6': [6.5, 27] } },
];

/** A model of a certain day costs what the model does. */
const DAY = /-(?:\d{8}|\d{4}-\d{2}-\d{2})$/;

/** In this currency where there is a list in it, otherwise in another one; null for a model that no list here knows. */
export function listPriceOf(baseUrl: string, model: string, currency: string): ListPrice | null {
  if (!URL.canParse(baseUrl)) return null;
  const { hostname } = new URL(baseUrl);
  const name = model.trim().replace(DAY, '');
  const known = OFFERS.flatMap((offer) => {
    const amounts = offer.host === hostname && Object.hasOwn(offer.models, name) ? offer.models[name] : undefined;
    return amounts ? [{ input: amounts[0], output: amounts[1], currency: offer.currency }] : [];
  });
  return known.find((one) => one.currency === currency) ?? known[0] ?? null;
}

interface Priced {
  baseUrl: string;
  model: string;
  input: number;
  output: number;
}

/** A draft with another model or address has its list price, unless somebody has written one. */
export function withListPrice<T extends Priced>(before: T, now: T, currency: string): T {
  if (before.baseUrl === now.baseUrl && before.model === now.model) return now;
  const was = amountsOf(before, currency);
  const isOwn = before.input !== was.input || before.output !== was.output;
  return isOwn && (before.input !== 0 || before.output !== 0) ? now : { ...now, ...amountsOf(now, currency) };
}

/** What may be filled in: nothing is converted. */
function amountsOf({ baseUrl, model }: Priced, currency: string): Pick<Priced, 'input' | 'output'> {
  const price = listPriceOf(baseUrl, model, currency);
  return price?.currency === currency ? { input: price.input, output: price.output } : { input: 0, output: 0 };
}
