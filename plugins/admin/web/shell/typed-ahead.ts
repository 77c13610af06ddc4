/** What is typed from the moment the palette is asked for until its field has the focus: kept, and handed to it. */
let typed = '';

export function bufferTyped(): void {
  typed = '';
  addEventListener('keydown', keep, true);
}

export function takeTyped(): string {
  removeEventListener('keydown', keep, true);
  const text = typed;
  typed = '';
  return text;
}

function keep(event: KeyboardEvent): void {
  const { key, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey) return;
  if (key === 'Backspace') typed = typed.slice(0, -1);
  else if (key.length === 1) typed += key;
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
