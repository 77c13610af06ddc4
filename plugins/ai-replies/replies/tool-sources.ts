/** Where the tools come from that a model may call while it answers: whoever has some adds a source. */
import type { SpokenConversation } from '#plugins/robots/contract.ts';
import type { ModelTool } from '../models/types.ts';

/** For whom tools are wanted. What they read and change is bound to its tenant by whoever brings them. */
export interface ToolWish {
  tenantId: string;
  robotId: string;
  conversation: SpokenConversation | null;
}

export type ToolSource = (wish: ToolWish) => Promise<readonly ModelTool[]>;

export interface ToolSources {
  add(source: ToolSource): void;
  /** Those that this robot may call, of all sources. */
  of(wish: ToolWish): Promise<ModelTool[]>;
}

export function createToolSources(): ToolSources {
  const sources: ToolSource[] = [];
  return {
    add: (source) => void sources.push(source),
    of: async (wish) => (await Promise.all(sources.map((source) => source(wish)))).flat(),
  };
}
