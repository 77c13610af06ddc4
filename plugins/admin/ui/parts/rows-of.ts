/** The rows of a page of a list; lists answer with text too, as CSV. */
export function rowsOf<Row>(answer: string | { items: readonly Row[] } | undefined): readonly Row[] {
  return typeof answer === 'object' ? answer.items : [];
}
