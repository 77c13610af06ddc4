/** A value that the whole page shares, and that React follows. */
import { useSyncExternalStore } from 'react';

export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function store<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export function useStore<T>({ get, subscribe }: Store<T>): T {
  return useSyncExternalStore(subscribe, get);
}

/** A value that this browser keeps, and that all its tabs share; the first one while it holds nothing, or something else. */
export function storedValue<T extends string>(key: string, initial: T, isOne: (text: string) => text is T): Store<T> {
  const kept = localStorage.getItem(key);
  const shared = store<T>(kept !== null && isOne(kept) ? kept : initial);
  addEventListener('storage', (event) => {
    if (event.key === key && event.newValue !== null && isOne(event.newValue)) shared.set(event.newValue);
  });
  return {
    ...shared,
    set(value) {
      localStorage.setItem(key, value);
      shared.set(value);
    },
  };
}
