/** A time as `datetime-local` writes it, in the zone of the viewer's machine; '' for none. */
export function localTime(time: string | number | Date | null): string {
  if (time === null) return '';
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
