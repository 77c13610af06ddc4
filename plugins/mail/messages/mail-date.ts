/** A date as mail writes it (RFC 5322 §3.3), in UTC; from milliseconds since the epoch. */
export function mailDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
