/** Where a page lies: what is not there leads back to the page above it. */
import { createContext } from 'react';

export interface TrailPart {
  title: string;
  to: string;
}

export const Trail = createContext<readonly TrailPart[]>([]);
