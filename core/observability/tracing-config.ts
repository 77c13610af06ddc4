/** The schema of `tracing:`. */
import Type, { type Static } from 'typebox';

export const TracingConfig = Type.Object(
  {
    url: Type.Union([Type.String({ pattern: '^https?://[^/?#@\\s]+(/\\S*)?$' }), Type.Null()], {
      default: null,
      description: 'Where traces are sent by OTLP over HTTP: http://127.0.0.1:4318/v1/traces; null: nothing is traced.',
    }),
    headers: Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.String(), {
      default: {},
      description: 'Sent along, for services that want a key.',
    }),
    ratio: Type.Number({
      default: 1,
      minimum: 0,
      maximum: 1,
      description: 'The share of traces that begin here and are kept: 0.1 is every tenth.',
    }),
    service: Type.String({ default: 'patchbay', minLength: 1, description: 'Name of this server (`service.name`).' }),
  },
  {
    additionalProperties: false,
    default: {},
    description: 'Traces of requests, jobs, workflow steps and model calls.',
  },
);
export type TracingConfig = Static<typeof TracingConfig>;
