/** The parts of the document that its makers pass on to each other. */
import type { Json } from './json.ts';

/** By media type. */
export type Content = Record<string, { schema: Json }>;

export interface Operation extends Json {
  operationId: string;
  parameters: Json[];
  requestBody?: Json & { content: Content };
  responses: Record<string, Json & { content?: Content }>;
}
