/** Every kind of provider. What they throw says nothing of keys. */
import type { ConfiguredProvider } from '../../config.ts';
import { askCoze, forgetCoze } from './coze.ts';
import { askDify, forgetDify } from './dify.ts';
import { discreetly, withoutAddress } from './discreet.ts';
import type { AskKind, ForgetKind, KnownProvider } from './kind.ts';
import { askBySdk } from './sdk.ts';
import { askWebhook } from './webhook.ts';

export const KINDS: Readonly<Record<ConfiguredProvider['kind'], AskKind>> = {
  'openai-compatible': discreet(askBySdk),
  anthropic: discreet(askBySdk),
  dify: discreet(askDify),
  coze: discreet(askCoze),
  webhook: discreet(askWebhook),
};

/** Of those assistants that can be asked to forget a conversation. */
export const FORGET: { readonly [Kind in ConfiguredProvider['kind']]?: ForgetKind } = {
  dify: discreetForget(forgetDify),
  coze: discreetForget(forgetCoze),
};

/** Those that call functions and look at pictures, when the provider can. */
export const CAPABLE: ReadonlySet<ConfiguredProvider['kind']> = new Set(['openai-compatible', 'anthropic']);

function discreet(ask: AskKind): AskKind {
  return (provider, request, fetch) => about(provider, () => ask(provider, request, fetch));
}

function discreetForget(forget: ForgetKind): ForgetKind {
  return (provider, session, fetch) => about(provider, () => forget(provider, session, fetch));
}

function about<T>({ apiKey, headers, isOthers, baseUrl }: KnownProvider, work: () => Promise<T>): Promise<T> {
  const asked = () => discreetly([apiKey, ...Object.values(headers)], work);
  return isOthers ? withoutAddress(baseUrl, asked) : asked();
}
