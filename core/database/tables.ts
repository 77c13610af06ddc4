/**
 * Types of rows by the name of their table. A plugin adds to the global namespace from wherever it lies:
 *
 *     declare global {
 *       namespace Patchbay {
 *         interface Tables { hello_greetings: GreetingRow } // types db.read('hello_greetings')
 *       }
 *     }
 */
export {};

declare global {
  namespace Patchbay {
    /** Types of rows by the name of their table. */
    interface Tables {}
  }
}

declare module 'knex/types/tables.js' {
  interface Tables extends Patchbay.Tables {}
}
