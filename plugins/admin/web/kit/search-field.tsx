/** A text that is asked for a moment after somebody has stopped writing. */
import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { type CSSProperties, useEffect, useState } from 'react';

const WRITING_MS = 300;

export interface SearchFieldProps {
  label: string;
  value: string;
  onChange(text: string): void;
  /** The search of the page, which the key `/` leads to. */
  isMain?: boolean;
  /** Escape leaves the field as it is, so that somebody can walk through what was found; else a browser empties it. */
  keepsText?: boolean;
  style?: CSSProperties;
}

export function SearchField({ label, value, onChange, isMain, keepsText, style }: SearchFieldProps) {
  const [text, setText] = useState(value);
  // The space that ends a word stays: the next one is still to be written.
  useEffect(() => setText((now) => (now.trim() === value ? now : value)), [value]);
  const ask = useDebouncedCallback(onChange, WRITING_MS);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      leftSection={isMain ? <IconSearch size={16} aria-hidden /> : undefined}
      onChange={(event) => {
        setText(event.currentTarget.value);
        ask(event.currentTarget.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !keepsText) return;
        event.preventDefault();
        event.currentTarget.blur();
      }}
      style={style}
      {...(isMain && { 'data-search': true })}
    />
  );
}
