/** Modules that the build makes. */

/** Sections of texts by whose they are (build/first-texts.ts). */
declare module 'patchbay-texts:*' {
  const texts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  export default texts;
}

/** What pages of third parties share (build/host-modules.ts). */
declare module 'patchbay-host:*';
