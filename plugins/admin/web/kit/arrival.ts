/** Whether a page is the first of its document: the focus begins at the top there, before the menu. Later ones take it to their heading. */
export const arrival = { isFirst: true };
