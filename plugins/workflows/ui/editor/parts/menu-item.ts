/** One line of a menu, and what choosing it does. */
export interface MenuItem {
  label: string;
  run(): void;
}
