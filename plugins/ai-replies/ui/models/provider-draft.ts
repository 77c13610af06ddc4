/** A provider while it is written. */
import type { Provider } from '../parts/ai-data.ts';
import type { Preset } from './presets.ts';

export const KINDS = ['openai-compatible', 'anthropic', 'dify', 'coze', 'webhook'] as const;

export interface ProviderDraft {
  name: string;
  kind: Provider['kind'];
  baseUrl: string;
  model: string;
  apiKey: string;
  pictures: boolean;
  tools: boolean;
  schemas: boolean;
  /** Prices of a million tokens. */
  input: number;
  output: number;
  hours: Provider['hours'];
}

export function draftOf(provider: Provider | null, preset?: Preset): ProviderDraft {
  if (provider) {
    const { name, kind, base_url, model, pictures, tools, schemas, price, hours } = provider;
    return { name, kind, baseUrl: base_url ?? '', model, pictures, tools, schemas, hours, ...price, apiKey: '' };
  }
  const { name = '', kind = 'openai-compatible', baseUrl = '', model = '' } = preset ?? {};
  return {
    name,
    kind,
    baseUrl,
    model,
    apiKey: '',
    pictures: preset?.pictures === true,
    tools: true,
    schemas: preset?.schemas === true,
    input: 0,
    output: 0,
    hours: null,
  };
}

/** As the API takes it, without what is written on its own. */
export function settingsOf({ kind, baseUrl, model, pictures, tools, schemas, input, output }: ProviderDraft) {
  return {
    kind,
    base_url: baseUrl.trim(),
    model: model.trim(),
    pictures,
    tools,
    schemas,
    price: { input, output },
  };
}

/** Host and port of an address that a server does not call unless it is allowed to; null for others. */
export function localHostOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname, host } = new URL(url);
  return /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)/.test(hostname) ? host : null;
}
