/** Every kind of provider. */
import type { ConfiguredProvider } from '../../config.ts';
import { askCoze } from './coze.ts';
import { askDify } from './dify.ts';
import type { AskKind } from './kind.ts';
import { askBySdk } from './sdk.ts';
import { askWebhook } from './webhook.ts';

export const KINDS: Readonly<Record<ConfiguredProvider['kind'], AskKind>> = {
  'openai-compatible': askBySdk,
  anthropic: askBySdk,
  dify: askDify,
  coze: askCoze,
  webhook: askWebhook,
};

/** Those that call functions and look at pictures, when the provider can. */
export const CAPABLE: ReadonlySet<ConfiguredProvider['kind']> = new Set(['openai-compatible', 'anthropic']);
