'use client';
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as Primitive } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from './button';
import { classes } from './classes';
import { Fault } from './feedback';

const backdrop = 'fixed inset-0 z-40 animate-appear bg-canvas/70 backdrop-blur-[2px]';
const popup =
  'fixed top-1/2 left-1/2 z-50 max-h-[88dvh] w-[min(92vw,var(--width))] -translate-x-1/2 -translate-y-1/2 overflow-auto rounded-dialog border border-line bg-overlay shadow-float';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  readonly widthPx?: number;
  /** Stays open until a button closes it: for what is shown once. */
  readonly insists?: boolean;
}

export function Dialog({ open, onClose, title, children, widthPx = 520, insists = false }: DialogProps) {
  return (
    <Primitive.Root
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      disablePointerDismissal={insists}
    >
      <Primitive.Portal>
        <Primitive.Backdrop className={backdrop} />
        <Primitive.Popup className={popup} style={{ '--width': `${widthPx}px` } as React.CSSProperties}>
          <header className="flex items-center justify-between gap-4 border-b border-line px-5 py-3">
            <Primitive.Title className="text-16 font-semibold">{title}</Primitive.Title>
            {!insists && (
              <Primitive.Close
                render={
                  <IconButton label="Close">
                    <X aria-hidden />
                  </IconButton>
                }
              />
            )}
          </header>
          <div className="p-5">{children}</div>
        </Primitive.Popup>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** A panel at the right edge; on a phone it fills the page. */
export function Drawer({ open, onClose, title, children, widthPx = 560 }: DialogProps) {
  return (
    <Primitive.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()} modal={false}>
      <Primitive.Portal>
        <Primitive.Popup
          className={classes(
            'fixed inset-y-0 right-0 z-30 flex w-[min(100vw,var(--width))] animate-appear flex-col border-l border-line bg-overlay shadow-float',
          )}
          style={{ '--width': `${widthPx}px` } as React.CSSProperties}
        >
          <header className="flex min-h-12 items-center justify-between gap-3 border-b border-line px-4">
            <Primitive.Title className="min-w-0 truncate text-14 font-semibold">{title}</Primitive.Title>
            <Primitive.Close
              render={
                <IconButton label="Close">
                  <X aria-hidden />
                </IconButton>
              }
            />
          </header>
          <div className="min-h-0 flex-1 overflow-auto">{children}</div>
        </Primitive.Popup>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Asks once before something that cannot be undone. */
export function Confirm({
  open,
  onClose,
  title,
  children,
  verb,
  onConfirm,
  busy = false,
  error = null,
}: DialogProps & {
  readonly verb: string;
  readonly onConfirm: () => void;
  readonly busy?: boolean;
  readonly error?: Error | null;
}) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={backdrop} />
        <AlertDialog.Popup className={popup} style={{ '--width': '440px' } as React.CSSProperties}>
          <div className="space-y-3 p-5">
            <AlertDialog.Title className="text-16 font-semibold">{title}</AlertDialog.Title>
            <AlertDialog.Description render={<div className="text-dim" />}>
              {children}
            </AlertDialog.Description>
            <Fault error={error} />
            <div className="flex justify-end gap-2 pt-2">
              <AlertDialog.Close render={<Button>Keep it</Button>} />
              <Button look="danger" busy={busy} onClick={onConfirm}>
                {verb}
              </Button>
            </div>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
