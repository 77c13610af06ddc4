/** An id that programs use, as it follows from a name: `Lamp Designer` is `lamp-designer`. Empty where nothing of the name can be in one. */
export function slugOf(name: string, longest: number): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
}
