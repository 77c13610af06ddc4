/** Places of jobs that wait for others: a tenant whose provider, page or server of tools hangs holds no more than half of them. */
export function halfOf(places: number): number {
  return Math.ceil(places / 2);
}
