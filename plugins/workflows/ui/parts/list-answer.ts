/** A list of the API, which answers as CSV only where that is asked for. */
export function listOf<T extends object>(answer: T | string | undefined): T | undefined {
  return typeof answer === 'string' ? undefined : answer;
}
