/** Every kind of provider. What they throw says nothing of keys. */
import type { ConfiguredProvider } from '../../config.ts';
import { askCoze } from './coze.ts';
import { askDify } from './dify.ts';
import { discreetly, withoutAddress } from './discreet.ts';
import type { AskKind } from './kind.ts';
import { askBySdk } from './sdk.ts';
import { askWebhook } from './webhook.ts';

export const KINDS: Readonly<Record<ConfiguredProvider['kind'], AskKind>> = {
  'openai-compatible': discreet(askBySdk),
  anthropic: discreet(askBySdk),
  dify: discreet(askDify),
  coze: discreet(askCoze),
  webhook: discreet(askWebhook),
};

/** Those that call functions and look at pictures, when the provider can. */
export const CAPABLE: ReadonlySet<ConfiguredProvider['kind']> = new Set(['openai-compatible', 'anthropic']);

function discreet(ask: AskKind): AskKind {
  return (provider, request, fetch) => {
    const { apiKey, headers, isOthers, baseUrl } = provider;
    const asked = () => discreetly([apiKey, ...Object.values(headers)], () => ask(provider, request, fetch));
    return isOthers ? withoutAddress(baseUrl, asked) : asked();
  };
}
