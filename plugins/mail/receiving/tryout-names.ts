/** Names that nobody can own (RFC 2606, RFC 6761): mail for them comes from programs on this network alone. */
const RESERVED = /(^|\.)(example|test|localhost|invalid|local|example\.(com|net|org))$/;

export function isTryout(domain: string): boolean {
  return RESERVED.test(domain);
}
