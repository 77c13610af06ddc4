/** A number that keeps its text while it is typed: "1.0" on the way to 1.05, a minus before its digits. */
import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';

interface NumberValueProps extends Omit<NumberInputProps, 'value' | 'onChange'> {
  value: number;
  onChange(value: number): void;
}

export function NumberValue({ value, onChange, ...rest }: NumberValueProps) {
  const [typed, setTyped] = useState<number | string>(value);
  const change = (next: number | string) => {
    setTyped(next);
    onChange(numberIn(next));
  };
  // Undone, or changed in the text: what was typed is not what it is any more.
  return <NumberInput {...rest} value={numberIn(typed) === value ? typed : value} onChange={change} />;
}

function numberIn(typed: number | string): number {
  return Number(typed) || 0;
}
