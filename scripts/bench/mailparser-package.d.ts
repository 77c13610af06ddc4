/** The part of mailparser that the comparison uses. */
declare module 'mailparser' {
  export function simpleParser(raw: Buffer): Promise<unknown>;
}
