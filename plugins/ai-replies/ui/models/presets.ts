/** Providers that people have heard of, with what is to be written for them. */
import type { Provider } from '../parts/ai-data.ts';

export interface Preset {
  name: string;
  title: string;
  kind: Provider['kind'];
  baseUrl: string;
  model: string;
  pictures?: true;
  schemas?: true;
  /** Runs on one's own machine: nothing is paid, no key is needed, and the server has to be allowed to call it. */
  isLocal?: true;
}

const openAi = { kind: 'openai-compatible' } as const;

export const PRESETS: readonly Preset[] = [
  {
    ...openAi,
    name: 'ollama',
    title: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    model: 'qwen3:8b',
    isLocal: true,
  },
  { ...openAi, name: 'deepseek', title: 'DeepSeek', baseUrl: 'https://api.deepseek.com/v1', model: 'deepseek-flash' },
  {
    ...openAi,
    name: 'openai',
    title: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-4.1-mini',
    pictures: true,
    schemas: true,
  },
  {
    ...openAi,
    name: 'qwen',
    title: 'Qwen',
    model: 'qwen-plus',
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
  },
  { ...openAi, name: 'kimi', title: 'Kimi', baseUrl: 'https://api.moonshot.cn/v1', model: 'moonshot-v1-8k' },
  {
    ...openAi,
    name: 'doubao',
    title: 'Doubao',
    model: 'doubao-seed-1-6-250615',
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
  },
  {
    name: 'anthropic',
    title: 'Anthropic',
    kind: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    model: 'claude-haiku-4-5',
    pictures: true,
  },
  { name: 'dify', title: 'Dify', kind: 'dify', baseUrl: 'https://api.dify.ai/v1', model: '' },
  { name: 'coze', title: 'Coze', kind: 'coze', baseUrl: 'https://api.coze.cn', model: '' },
  { name: 'webhook', title: 'Webhook', kind: 'webhook', baseUrl: '', model: '' },
];
/** Those of the first steps: models, and assistants that somebody has already. */
export const FIRST_PRESETS = [...PRESETS.slice(0, 3), ...PRESETS.slice(-3)];
