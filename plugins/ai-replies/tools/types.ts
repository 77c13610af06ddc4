/** What the rest of the plugin asks of tools. */
import type { Transaction } from '#core/plugin.ts';
import type { ModelTool } from '../models/types.ts';

export interface ToolUse {
  tenantId: string;
  robotId: string;
  conversationId: string;
  /** With whom it is. */
  contactId?: string;
  /** What people have noted of them; nothing in a group. */
  fields?: Readonly<Record<string, string | number | boolean>>;
  /** Name of the group, or of who is alone with the robot. */
  room?: string;
  /** Who speaks in a group. */
  member?: string;
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
  /**
   * Whom it is about: the customer who asks, by inputs that are filled in; nobody, since it is the same for all; perhaps others, so that
   * a person looks at each call; or whoever its server says, which is told who asks.
   */
  about: 'customer' | 'nobody' | 'others' | 'server';
  /** Inputs that are filled in, and fields that a contact has to have for it. */
  bound: string[];
  fields: string[];
}

export interface GivenTool extends OfferedTool {
  asks: boolean;
}

export interface TrialWish {
  tools: readonly { tool: string; asks: boolean }[] | null;
  note(call: TriedCall): void;
}

/** A call with what it gave: JSON as text, with what it escapes as it is. */
export interface CarriedOut {
  tool: string;
  input: string;
  output: string;
}

/** A call that a model would have made. */
export interface TriedCall {
  tool: string;
  input: unknown;
  /** What would be filled in. */
  bound: string[];
  /** A person would be asked first. */
  asks: boolean;
}

export interface Tools {
  /** What the robot may call for one answer of a model, a bounded number of times, with the rights that are left of who has allowed it. */
  forModel(use: ToolUse): Promise<ModelTool[]>;
  /** The same for trying it out: calls are noted and not made. These instead of those that it was allowed, when they are given. */
  forTrial(place: Pick<ToolUse, 'tenantId' | 'robotId'>, wanted: TrialWish): Promise<ModelTool[]>;
  /** Whether it may call any. */
  has(place: Pick<ToolUse, 'tenantId' | 'robotId'>): Promise<boolean>;
  /** Whether a person has decided on something since the last answer: the contact was promised to hear of it. */
  hasUntold(conversationId: string): Promise<boolean>;
  /** What people have let be done in this conversation lately, oldest first. */
  carriedOut(place: Pick<ToolUse, 'tenantId' | 'conversationId'>): Promise<CarriedOut[]>;
}
