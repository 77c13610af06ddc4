/** What Patchbay reads in `document.metadata.patchbay`, where the DSL leaves room for it. */
import Type, { type Static } from 'typebox';

const Amount = Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 }));

export const Options = Type.Object({
  /** `none`: no log; executions that need no checkpoint leave nothing behind. */
  logging: Type.Optional(Type.Enum(['full', 'none'])),
  /** Higher runs first when there is a queue. */
  priority: Type.Optional(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 })),
  concurrency: Type.Optional(
    Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 1_000_000 }), key: Type.Optional(Type.String()) }),
  ),
  /** Whose clock `schedule.cron` means, by its name in the IANA database: `Europe/Berlin`. */
  timezone: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  /** As a tool for AI agents, under this name. */
  expose: Type.Optional(Type.Boolean()),
  /**
   * Who may start it under /hooks without credentials: nobody by default, everybody with `true`, who signs with the secret
   * of the name in `secret`, and with `timestamp` the time as well.
   */
  hook: Type.Optional(
    Type.Union([
      Type.Boolean(),
      Type.Object({ secret: Type.String({ minLength: 1 }), timestamp: Type.Optional(Type.Boolean()) }),
    ]),
  ),
  /** How much of its past is kept: days, executions, and megabytes of their logs. */
  keep: Type.Optional(
    Type.Object({
      days: Amount,
      count: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
      megabytes: Amount,
    }),
  ),
});
export type Options = Static<typeof Options>;
