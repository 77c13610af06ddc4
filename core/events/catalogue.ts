/** The names of events and hooks with what they carry, filled by plugins, so that a misspelt one is a compile error. */

declare global {
  /** What plugins add to by declaration merging; global, so that a package of its own can do it too. */
  namespace Patchbay {
    /** Payloads of events by type. */
    interface EventCatalogue {}
    /** Contexts of hooks by name. */
    interface HookCatalogue {}
  }
}

export type EventCatalogue = Patchbay.EventCatalogue;
export type HookCatalogue = Patchbay.HookCatalogue;
export type EventType = keyof EventCatalogue & string;
export type HookName = keyof HookCatalogue & string;
