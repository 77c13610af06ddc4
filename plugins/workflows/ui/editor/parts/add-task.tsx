/** "What should happen?": every kind of step and every function under what it is about, to be found by a word. */
import { Modal, NavLink, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useFocusBack } from 'patchbay-platform/ui';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { KINDS, kindIcon, loadSpread } from '../../graph/index.ts';
import { CATEGORIES, type Category } from '../../steps/categories.ts';
import { categoryIcon } from '../../steps/category-icons.ts';
import { countStep, mostUsed } from '../../steps/step-usage.ts';
import classes from '../editor.module.css';
import { type NewTask, type StepChoice, useStepChoices } from './step-choices.ts';

interface AddTaskProps {
  isOpen: boolean;
  onClose(): void;
  onChoose(task: NewTask): void;
}

interface Section {
  key: string;
  title: string;
  choices: readonly StepChoice[];
}

export function AddTask({ isOpen, onClose, onChoose }: AddTaskProps) {
  const { t } = useTranslation('workflows');
  useFocusBack();
  const all = useStepChoices();
  // The step that is chosen may be a branch; a graph that asks for the library itself is gone until it has come.
  useEffect(() => void loadSpread().catch(() => undefined), []);
  const [wanted, setWanted] = useState('');
  const [category, setCategory] = useState<Category | null>(null);
  const close = () => {
    setWanted('');
    setCategory(null);
    onClose();
  };
  const choose = (choice: StepChoice) => {
    countStep(choice.key);
    onChoose(choice.make());
    close();
  };
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length === 0 ? all : all.filter(({ words: own }) => words.every((word) => own.includes(word)));
  const there = CATEGORIES.filter((one) => all.some((choice) => choice.category === one));
  const frequent = useMemo(() => mostUsed(new Set(all.map(({ key }) => key))), [all]);
  const sections: Section[] = there
    .filter((one) => category === null || one === category || words.length > 0)
    .map((one) => ({
      key: one,
      title: t(`editor.category.${one}`),
      choices: found.filter((choice) => choice.category === one),
    }));
  if (category === null && words.length === 0)
    sections.unshift({
      key: 'most',
      title: t('editor.add.most'),
      choices: frequent.flatMap((key) => all.find((choice) => choice.key === key) ?? []),
    });
  const shown = sections.filter(({ choices }) => choices.length > 0);
  const first = bestOf(words, shown);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={t('editor.add.title')}
      size="xl"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <TextInput
          data-autofocus
          label={t('editor.add.find')}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && first && choose(first)}
        />
        <div className={classes.steps}>
          <nav aria-label={t('editor.add.categories')} className={classes.categories}>
            {[null, ...there].map((one) => (
              <CategoryLink
                key={one ?? 'all'}
                category={one}
                isActive={category === one && words.length === 0}
                onChoose={() => {
                  setWanted('');
                  setCategory(one);
                }}
              />
            ))}
          </nav>
          <ScrollArea h={420} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': t('editor.add.title') }}>
            {shown.length === 0 && (
              <Text size="sm" c="dimmed">
                {t('editor.add.nothing')}
              </Text>
            )}
            {shown.map(({ key, title, choices }) => (
              <section key={key} aria-label={title}>
                <Text size="xs" c="dimmed" fw={600} mt="xs">
                  {title}
                </Text>
                {choices.map((choice) => (
                  <StepLink key={choice.key} choice={choice} onChoose={() => choose(choice)} />
                ))}
              </section>
            ))}
          </ScrollArea>
        </div>
      </Stack>
    </Modal>
  );
}

function CategoryLink({
  category,
  isActive,
  onChoose,
}: {
  category: Category | null;
  isActive: boolean;
  onChoose(): void;
}) {
  const { t } = useTranslation('workflows');
  const Icon = category && categoryIcon(category);
  return (
    <NavLink
      component="button"
      type="button"
      label={t(category ? `editor.category.${category}` : 'editor.add.all')}
      leftSection={Icon && <Icon size={16} stroke={1.6} aria-hidden />}
      active={isActive}
      aria-pressed={isActive}
      onClick={onChoose}
    />
  );
}

function StepLink({ choice, onChoose }: { choice: StepChoice; onChoose(): void }) {
  const { key, title, text, category } = choice;
  const kind = KINDS.find((one) => one === key);
  const Icon = kind ? kindIcon(kind) : categoryIcon(category);
  return (
    <NavLink
      component="button"
      type="button"
      label={title}
      description={text}
      leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
      onClick={onChoose}
    />
  );
}

/** What Enter takes: a step whose name begins with what was written, before one that merely has it somewhere. */
function bestOf(words: readonly string[], sections: readonly Section[]): StepChoice | undefined {
  const all = sections.flatMap(({ choices }) => choices);
  const [word] = words;
  if (word === undefined) return all[0];
  return all.find(({ title }) => title.toLowerCase().startsWith(words.join(' '))) ?? all[0];
}
