/** A provider while it is written. */

import { addAiProvider } from '../bounds.ts';
import type { Provider } from '../parts/ai-data.ts';
import type { Preset } from './presets.ts';

export const KINDS = addAiProvider.kind.values;

export interface ProviderDraft {
  name: string;
  kind: Provider['kind'];
  baseUrl: string;
  model: string;
  apiKey: string;
  pictures: boolean;
  tools: boolean;
  schemas: boolean;
  assistant: boolean;
  instructions: boolean;
  handover: string;
  /** Prices of a million tokens. */
  input: number;
  output: number;
  hours: Provider['hours'];
}

export function draftOf(provider: Provider | null, preset?: Preset): ProviderDraft {
  if (provider) {
    const { name, kind, base_url, model, pictures, tools, schemas, price, hours } = provider;
    const { assistant, instructions, handover } = provider;
    return {
      name,
      kind,
      baseUrl: base_url ?? '',
      model,
      pictures,
      tools,
      schemas,
      assistant,
      instructions,
      handover,
      hours,
      ...price,
      apiKey: '',
    };
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
    assistant: false,
    instructions: false,
    handover: '',
    input: 0,
    output: 0,
    hours: null,
  };
}

/** As the API takes it, without what is written on its own. */
export function settingsOf({
  kind,
  baseUrl,
  model,
  pictures,
  tools,
  schemas,
  assistant,
  instructions,
  handover,
  input,
  output,
}: ProviderDraft) {
  const isByItself = isAssistantByItself(kind);
  return {
    kind,
    base_url: baseUrl.trim(),
    model: namesModel({ kind, instructions }) ? model.trim() : '',
    pictures,
    tools,
    schemas,
    ...(isByItself ? { instructions } : { assistant }),
    ...((isByItself || assistant) && { handover: handover.trim() }),
    price: { input, output },
  };
}

/** Kinds that have instructions and knowledge of their own, unless somebody wants ours to go along. */
export function isAssistantByItself(kind: Provider['kind']): kind is 'dify' | 'coze' | 'webhook' {
  return kind === 'dify' || kind === 'coze' || kind === 'webhook';
}

/** A Dify app is its key, and a webhook is told of a model only with what is sent from here. */
export function namesModel({ kind, instructions }: Pick<ProviderDraft, 'kind' | 'instructions'>): boolean {
  return kind !== 'dify' && (kind !== 'webhook' || instructions);
}

/** Ports that an address leaves out. */
const USUAL_PORTS: ReadonlyMap<string, string> = new Map([
  ['http:', '80'],
  ['https:', '443'],
]);
const LOCAL_ADDRESS = /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[)/;
/** Of one machine, of containers beside each other, and of networks at home and at work. */
const LOCAL_NAME = /^[^.]+$|\.(local|internal|lan|home|localdomain|localhost|home\.arpa)$/;

/** Host and port of an address, as it is allowed; null for what is no address. */
export function hostOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port } = new URL(url);
  const usual = USUAL_PORTS.get(protocol);
  // Without a port all of them would be opened.
  return usual === undefined || hostname === '' ? null : `${hostname}:${port || usual}`;
}

/** The same for an address that a server does not call unless it is allowed to; null for others. */
export function localHostOf(url: string): string | null {
  const host = hostOf(url);
  if (host === null) return null;
  const { hostname } = new URL(url);
  const isLocal = /^[\d.]+$|^\[/.test(hostname) ? LOCAL_ADDRESS.test(hostname) : LOCAL_NAME.test(hostname);
  return isLocal ? host : null;
}
