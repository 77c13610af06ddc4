/**
 * Data that stands in for steps while somebody builds a workflow: kept by this browser for this person and this workflow, and
 * never a part of what is published. A step is known by its name and those around it, since its place changes.
 */
import { isRecord } from 'patchbay-platform/ui';
import type { Pins } from './pin-keys.ts';

/** What the workflow itself gets. */
export const START = '';
const LARGEST = 256 * 1024;

export interface PinStore {
  read(): Pins;
  /** False when the browser cannot keep them, or they are too much. */
  write(pins: Pins): boolean;
}

export function pinsOf(person: string, workflow: string): PinStore {
  const key = `patchbay.workflow-pins.${person}.${workflow}`;
  return {
    read() {
      try {
        const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
        return new Map(isRecord(kept) ? Object.entries(kept) : []);
      } catch {
        return new Map();
      }
    },
    write(pins) {
      try {
        if (pins.size === 0) {
          localStorage.removeItem(key);
          return true;
        }
        const text = JSON.stringify(Object.fromEntries(pins));
        if (text.length > LARGEST) return false;
        localStorage.setItem(key, text);
        return true;
      } catch {
        return false;
      }
    },
  };
}
