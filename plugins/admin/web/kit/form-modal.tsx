/**
 * A form in a dialog: what is wrong stands at its field, what was written stays, and it closes when it is done. Escape and the
 * cross throw nothing away that was written without asking.
 */
import { Button, Group, Modal, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusBack } from './focus-back.ts';
import classes from './form-modal.module.css';
import { DialogForms, useFormPlace } from './sheet.tsx';
import { Unsaved } from './unsaved.tsx';
import { NotSaved, type VersionedForm } from './versioned-form.tsx';
import { useWritten } from './written.ts';

export interface FormModalProps {
  title: string;
  action: string;
  isOpen: boolean;
  onClose(): void;
  /** Throws what the server refuses: it is shown, and the dialog stays open. */
  onSubmit(): Promise<unknown>;
  size?: string;
  /** Of the button that does it; red for what cannot be undone. */
  color?: string;
  /** Of something that others may change meanwhile: what they changed is shown. */
  versioned?: Pick<VersionedForm, 'changed'>;
  /** Of one that writes nothing, and does something by `versioned.act`. */
  isAct?: boolean;
  /** Whether everything is there that it needs; default: yes. */
  isReady?: boolean;
  /** Gets the error of the last try, for `issueOf(error, 'email')` beside a field. */
  children: (error: unknown) => ReactNode;
}

export function FormModal(props: FormModalProps) {
  const { title, action, isOpen, onClose, onSubmit, size, color, versioned, isAct, isReady = true, children } = props;
  const { t } = useTranslation();
  useFocusBack();
  const place = useFormPlace();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const written = useWritten();
  const close = () => {
    setError(null);
    setAsking(false);
    onClose();
  };
  const leave = () => {
    // A second Escape goes on writing.
    if (isAct || isAsking || !written.isWritten()) return isAsking ? setAsking(false) : close();
    setAsking(true);
  };
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
      close();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      {...place}
      opened={isOpen}
      onClose={leave}
      title={title}
      size={size ?? 'md'}
      closeButtonProps={{ 'aria-label': t('close') }}
      closeOnClickOutside={false}
    >
      <form
        ref={written.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void submit();
        }}
      >
        <Stack gap="sm">
          <DialogForms>{children(error)}</DialogForms>
          {error !== null && <NotSaved error={error} form={versioned} isAct={isAct} />}
          {isAsking && <Unsaved onStay={() => setAsking(false)} onLeave={close} />}
          <Group justify="flex-end" className={classes.buttons} display={isAsking ? 'none' : undefined}>
            <Button variant="default" onClick={close}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={isBusy} disabled={!isReady} {...(color !== undefined && { color })}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
