/** Rows of the tables of tools. Times are ms since the epoch. */
import type { OwnedTables } from '#core/plugin.ts';

/** A server of the Model Context Protocol whose tools robots may be given. */
export interface McpServerRow {
  id: number;
  uuid: string;
  tenant_id: string;
  name: string;
  url: string;
  /** Sealed bearer token; null without one. */
  token: string | null;
  created_at: number;
  updated_at: number;
}

/** What a robot may call. */
export interface ToolGrantRow {
  tenant_id: string;
  robot_id: string;
  /** `function:contacts.update`, `mcp:shop/find_order`. */
  tool: string;
  /** 1: a person approves each call. */
  asks: number;
  /** The person (integer key) with whose rights it is called. */
  user_id: number;
  created_at: number;
}

export type ToolCallState = 'waiting' | 'approved' | 'done' | 'failed' | 'rejected' | 'expired';

/** A call that a person decides on, and every one that was carried out. */
export interface ToolCallRow {
  id: number;
  uuid: string;
  tenant_id: string;
  robot_id: string;
  conversation_id: string;
  /** With whom the conversation is; '' for nobody known. */
  contact_id: string;
  tool: string;
  input: string;
  state: ToolCallState;
  /** JSON of what it gave, or the reason. */
  output: string;
  /** Who let it be called: by the grant, or by a decision. */
  user_id: number;
  created_at: number;
  decided_at: number | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      ai_replies_mcp_servers: McpServerRow;
      ai_replies_tool_grants: ToolGrantRow;
      ai_replies_tool_calls: ToolCallRow;
    }
  }
}

/** Whose they are. */
export const toolTables = {
  ai_replies_mcp_servers: { 'tenant.deleted': 'tenant_id' },
  // With their rights nothing is called any more. What was done stays, by nobody.
  ai_replies_tool_grants: {
    'tenant.deleted': 'tenant_id',
    'robot.erased': 'robot_id',
    'user.deleted': { where: { user_id: 'id' } },
  },
  ai_replies_tool_calls: {
    'tenant.deleted': 'tenant_id',
    'robot.erased': 'robot_id',
    'contact.erased': 'contact_id',
    'user.deleted': { where: { user_id: 'id' }, set: { user_id: 0 } },
  },
} satisfies OwnedTables;
