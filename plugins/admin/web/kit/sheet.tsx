/** Sheets at the side: what is done there is done without leaving the page. Forms within `<SheetForms>` are sheets, elsewhere dialogs. */
import { Modal, type ModalProps } from '@mantine/core';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusBack } from './focus-back.ts';
import { Unsaved } from './unsaved.tsx';
import { useWritten } from './written.ts';

/** A dialog that stands at the right, as high as the window: a drawer of Mantine's would be loaded with every form. */
const AT_THE_SIDE = {
  xOffset: 0,
  yOffset: 0,
  radius: 0,
  transitionProps: { transition: 'slide-left' },
  styles: { inner: { justifyContent: 'flex-end' }, content: { minHeight: '100dvh', maxHeight: '100dvh' } },
} satisfies Partial<ModalProps>;

const IsSheet = createContext(false);

/** A form that opens in here comes from the side. */
export function SheetForms({ children }: { children: ReactNode }) {
  return <IsSheet value={true}>{children}</IsSheet>;
}

/** A dialog out of a sheet, or out of another dialog, is in the middle again. */
export function DialogForms({ children }: { children: ReactNode }) {
  return <IsSheet value={false}>{children}</IsSheet>;
}

/** Where a form stands. */
export function useFormPlace(): Partial<ModalProps> {
  return useContext(IsSheet) ? AT_THE_SIDE : {};
}

export interface SheetProps {
  title: string;
  onClose(): void;
  size?: string;
  children: ReactNode;
}

/** Forms within it save for themselves; what was written and not sent is not thrown away without asking. */
export function Sheet({ title, onClose, size = 'lg', children }: SheetProps) {
  const { t } = useTranslation();
  useFocusBack();
  const written = useWritten();
  const [isAsking, setAsking] = useState(false);
  const leave = () => {
    // A second Escape goes on writing.
    if (isAsking) return setAsking(false);
    if (written.isWritten()) return setAsking(true);
    onClose();
  };
  return (
    <Modal
      {...AT_THE_SIDE}
      opened
      onClose={leave}
      size={size}
      title={title}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div ref={written.form} onSubmit={written.clear}>
        <DialogForms>{children}</DialogForms>
      </div>
      {isAsking && <Unsaved onStay={() => setAsking(false)} onLeave={onClose} />}
    </Modal>
  );
}
