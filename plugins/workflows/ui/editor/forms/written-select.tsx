/** A list to choose from in which something else may be written: Tab, Enter and a click elsewhere take what was written. */
import { Box, Select, type SelectProps } from '@mantine/core';

interface WrittenSelectProps extends Omit<SelectProps, 'onChange' | 'value' | 'flex'> {
  value: string | null;
  /** What is shown for the value. */
  shown: string;
  /** The value that a text stands for; null for one that stands for none. */
  meaning(text: string): string | null;
  onChange(value: string): void;
}

export function WrittenSelect({ value, shown, meaning, onChange, ...rest }: WrittenSelectProps) {
  const take = (text: string) => {
    const next = text === shown ? null : meaning(text);
    if (next !== null && next !== value) onChange(next);
  };
  return (
    <Box
      flex={1}
      miw={0}
      onKeyDown={(event) => {
        // An option that was reached by its arrows has been chosen already.
        if (event.key !== 'Enter' || event.defaultPrevented || event.nativeEvent.isComposing) return;
        if (event.target instanceof HTMLInputElement) take(event.target.value);
      }}
    >
      <Select
        {...rest}
        value={value}
        searchable
        allowDeselect={false}
        comboboxProps={{ keepMounted: false }}
        onChange={(next) => (next !== null || rest.clearable) && onChange(next ?? '')}
        onBlur={(event) => take(event.currentTarget.value)}
      />
    </Box>
  );
}
