/** What a call costs: by the provider's figures, and before it is made by an estimate whose time grows with the text alone. */
import { estimateTokenCount } from 'tokenx';
import type { KindRequest, KnownProvider } from './kinds/kind.ts';

/** Of a picture; what providers count for a large one. */
const TOKENS_OF_PICTURE = 1_500;
/** Where nobody has said how long an answer may be. */
const USUAL_ANSWER = 1_000;

export interface Tokens {
  input: number;
  output: number;
}

/** Tokens of a text, roughly, in linear time. */
export function roughTokens(text: string): number {
  return estimateTokenCount(text);
}

/** Instructions and schemas that were counted, the oldest first: they are the same for all who write to a robot. */
const counted = new Map<string, number>();
const MOST_COUNTED = 100;
const LONGEST_COUNTED = 20_000;

function tokensOfRepeated(text: string): number {
  if (text.length > LONGEST_COUNTED) return roughTokens(text);
  const tokens = counted.get(text) ?? roughTokens(text);
  counted.delete(text);
  counted.set(text, tokens);
  const [oldest] = counted.keys();
  if (counted.size > MOST_COUNTED && oldest !== undefined) counted.delete(oldest);
  return tokens;
}

/** What a request may use. */
export function estimate({
  instructions,
  messages,
  schema,
  tools,
  maxOutputTokens,
}: Omit<KindRequest, 'signal'>): Tokens {
  const repeated = [
    instructions,
    schema ? JSON.stringify(schema) : '',
    ...tools.map(({ name, description, input }) => name + description + JSON.stringify(input)),
  ];
  const tokensOfRequest =
    repeated.reduce((sum, text) => sum + tokensOfRepeated(text), 0) +
    messages.reduce((sum, { text }) => sum + roughTokens(text), 0);
  const pictures = messages.reduce((sum, { pictures: own = [] }) => sum + own.length, 0);
  return {
    input: tokensOfRequest + pictures * TOKENS_OF_PICTURE,
    output: maxOutputTokens ?? USUAL_ANSWER,
  };
}

export type Priced = Pick<KnownProvider, 'price'>;

/** What one call costs at most: sums of many are numbers still. */
const MOST_MICROS = 1_000_000_000_000_000;

/** In millionths of the currency: a price is of a million tokens. */
export function costOf({ price }: Priced, { input, output }: Tokens): number {
  return Math.min(Math.ceil(input * price.input + output * price.output), MOST_MICROS);
}
