/** Parts of the kit that few pages draw: their files come when one does. */
import { later } from './later.tsx';

export const AboutPerson = later(() => import('./about-person.tsx').then(({ AboutPerson }) => AboutPerson));
export const TryIt = later(() => import('./try-it.tsx').then(({ TryIt }) => TryIt));
export const TryItPanel = later(() => import('./try-it.tsx').then(({ TryItPanel }) => TryItPanel));
