/** What the rest of the plugin asks of tools. */
import type { Transaction } from '#core/plugin.ts';
import type { ModelTool } from '../models/types.ts';

export interface ToolUse {
  tenantId: string;
  robotId: string;
  conversationId: string;
  /** With whom it is. */
  contactId?: string;
  /**
   * Whether the conversation is there still, which it is then until the transaction ends; what is kept of a call goes with it.
   * Not given: it is kept in any case.
   */
  isThere?: (trx: Transaction) => Promise<boolean>;
  /** The same when the same answer is made again: an effect that has happened must not happen again. */
  key: string;
}

export interface OfferedTool {
  /** `function:contacts.update`, `mcp:shop/find_order`. */
  tool: string;
  summary: string;
  /** Whether it changes something, as far as can be told: a person approves it unless somebody has decided otherwise. */
  changes: boolean;
}

export interface GivenTool extends OfferedTool {
  asks: boolean;
}

/** A call with what it gave: JSON as text, with what it escapes as it is. */
export interface CarriedOut {
  tool: string;
  input: string;
  output: string;
}

export interface Tools {
  /** What the robot may call for one answer of a model, a bounded number of times, with the rights that are left of who has allowed it. */
  forModel(use: ToolUse): Promise<ModelTool[]>;
  /** Whether it may call any. */
  has(place: Pick<ToolUse, 'tenantId' | 'robotId'>): Promise<boolean>;
  /** Whether a person has decided on something since the last answer: the contact was promised to hear of it. */
  hasUntold(conversationId: string): Promise<boolean>;
  /** What people have let be done in this conversation lately, oldest first. */
  carriedOut(place: Pick<ToolUse, 'tenantId' | 'conversationId'>): Promise<CarriedOut[]>;
}
