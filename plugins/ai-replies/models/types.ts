/** What the rest of the plugin asks of models, and what it is told. */
import type { TSchema } from 'typebox';
import type { Abilities } from './ability-types.ts';
import type { OutsideCheck } from './outside-schemas.ts';

export type Purpose = 'reply' | 'mail' | 'generate' | 'classify' | 'extract' | 'embed' | 'rerank' | 'try' | 'test';

/** Who asks: for costs, budgets and the list of calls. */
export interface Asker {
  tenantId: string;
  purpose: Purpose;
  /** `robot_…` */
  robotId?: string | null;
  contactId?: string | null;
  conversationId?: string | null;
  /** Id of the workflow whose execution asks. */
  workflowId?: string | null;
}

export interface Picture {
  mediaType: string;
  bytes: Buffer;
}

export interface ModelMessage {
  role: 'user' | 'assistant';
  text: string;
  pictures?: readonly Picture[];
}

/** A function that the model may call while it answers. */
export interface ModelTool {
  /** Letters, digits, `_` and `-`. */
  name: string;
  description: string;
  /** JSON schema of its input: an object. */
  input: Readonly<Record<string, unknown>>;
  /** What the model is told of it; a throw tells it the error's message. */
  run(input: unknown, signal: AbortSignal): Promise<unknown>;
}

/** Providers of one kind that follow each other in the order in which they are asked. */
export interface Way {
  /** They are given a turn, and nothing of ours. */
  takesTurns: boolean;
  names: string[];
}

/** An assistant by its name, and which one that is: another may be put in its place. */
export interface AssistantRef {
  provider: string;
  identity: string;
}

/** What an assistant is given of a conversation, instead of messages and instructions. */
export interface AssistantTurn {
  /** What the customer says now. */
  text: string;
  inputs: Readonly<Record<string, string>>;
  /** This assistant's id of the conversation; null for one that begins. */
  session(of: AssistantRef): Promise<string | null>;
  /** Whether somebody goes on with it: then it is kept as soon as it has a name, else when the answer is over. */
  isLasting: boolean;
  /** It is called so there from now on, and belongs to this user. */
  store(of: AssistantRef, session: string, user: string): Promise<void>;
}

/** What to make of an answer that does not keep to its form. */
export interface LooseForm {
  /** What JSON of another form means, or words; null where it is nothing but what it is. */
  meant(value: unknown): unknown;
  /** Found in words that were to be the form, and went wrong. */
  broken: RegExp;
}

export interface ModelRequest {
  asker: Asker;
  /** Asked first, when it may be; the others follow in their order. */
  provider?: string | null;
  /** No other one is asked when it fails. */
  only?: boolean;
  /** These alone are asked, in their order; default all. */
  among?: readonly string[];
  /** For assistants. Without it they are asked as models are. */
  turn?: AssistantTurn;
  /** Instead of the provider's own; with the first provider alone. */
  model?: string | null;
  instructions: string;
  /** The last one is the user's. */
  messages: readonly ModelMessage[];
  /** The answer has to be JSON of this schema, which is compiled once for as long as the process runs. */
  schema?: TSchema;
  /** Checks the answer instead: for schemas that come from outside. */
  check?: OutsideCheck;
  /** The form helps and is no condition: plain words are an answer too, `value` is null then. */
  loose?: LooseForm;
  tools?: readonly ModelTool[];
  /** Where nobody can call functions, somebody answers without them; else only those are asked that can. */
  canDoWithoutTools?: boolean;
  temperature?: number;
  maxOutputTokens?: number;
  signal?: AbortSignal;
}

export interface ModelAnswer {
  text: string;
  /** With a schema: what was answered, checked; null otherwise. */
  value: unknown;
  provider: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
  costMicros: number;
  /** Names of tools that were called, in their order. */
  toolsCalled: readonly string[];
  /** What an assistant wants to be done beside its words. */
  action: 'handover' | 'silent' | null;
  durationMs: number;
}

export interface Embedded {
  model: string;
  dimensions: number;
  /** One of each text, of length 1. */
  vectors: Float32Array[];
}

/** Asking models, whichever they are: in their order, within budgets, each call kept. */
export interface Models {
  /**
   * Asks whoever it may: consent is asked for by who calls. Throws `no_provider` (none is set up that may be used and can do what is asked), `budget_exceeded`, `provider_failed`
   * (all have; with what each said), or the reason of the signal. What it gives is whole.
   */
  ask(request: ModelRequest): Promise<ModelAnswer>;
  /** Null when no embedding is set up that this tenant may use, or it has not agreed to that. Throws `provider_failed`, `budget_exceeded`. */
  embed(asker: Asker, texts: readonly string[], signal?: AbortSignal): Promise<Embedded | null>;
  /** How well each text answers the query, higher is better; null as `embed` gives it. Throws as `embed`. */
  rerank(asker: Asker, query: string, texts: readonly string[], signal?: AbortSignal): Promise<number[] | null>;
  /** Whether anything could be asked for this tenant at all. */
  isSetUp(tenantId: string): Promise<boolean>;
  /** The same as far as it is remembered; null where the database would have to be asked. */
  isKnownSetUp(tenantId: string): boolean | null;
  /** Models and assistants, or the first `only`, in the order in which they are asked now: those within their hours, if there are any. */
  ways(tenantId: string, wish: { first: string | null; only?: boolean }): Promise<Way[]>;
  /** Asks an assistant to forget a conversation, where it is there still and can be asked. Throws when it could not. */
  delete(tenantId: string, of: AssistantRef, session: { id: string; user: string }, signal: AbortSignal): Promise<void>;
  /** Finds out what a model can do, and remembers it; what was known where nothing could be found out. Null for what is no model. */
  probe(asker: Asker, name: string, signal: AbortSignal): Promise<Abilities | null>;
  /** Whether a provider of this name is an assistant. */
  isAssistant(tenantId: string, name: string): Promise<boolean>;
}
