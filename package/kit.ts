/** `patchbay-platform/kit`: the tools that the built-in plugins use too, from rows in one statement to limits of rates. */
export * from '#core/kit.ts';
