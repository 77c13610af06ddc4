/** What a model can do, as far as somebody has tried it. */
export interface Abilities {
  /** It keeps to a JSON schema, to JSON, or answers in words. */
  forms: 'schema' | 'object' | 'none';
  /** It has called a function, passed over it, or refused the request for it. */
  tools: 'called' | 'ignored' | 'refused';
}
