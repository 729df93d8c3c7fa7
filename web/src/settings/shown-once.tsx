'use client';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/ui/button';
import { Copy } from '@/ui/copy';
import { Dialog } from '@/ui/dialog';
import { download } from '@/ui/download';
import { CheckField } from '@/ui/field';

/** Something that is never shown again: the dialog stays until its reader says that it is kept. */
export function ShownOnce({
  title,
  lead,
  text,
  fileName,
  onClose,
}: {
  readonly title: string;
  readonly lead: string;
  /** Nothing is shown while this is null. */
  readonly text: string | null;
  /** Offers it as a file of this name too. */
  readonly fileName?: string;
  readonly onClose: () => void;
}) {
  const [isKept, setKept] = useState(false);
  const close = () => {
    setKept(false);
    onClose();
  };
  return (
    <Dialog open={text !== null} onClose={() => isKept && close()} title={title} insists>
      <div className="space-y-4">
        <p className="text-dim">{lead}</p>
        <pre className="max-h-60 overflow-auto rounded-control border border-line bg-canvas p-3 font-mono text-12 break-all whitespace-pre-wrap select-all">
          {text}
        </pre>
        <div className="flex gap-2">
          <Copy text={text ?? ''} onCopied={() => setKept(true)} />
          {fileName && (
            <Button
              size="small"
              onClick={() => {
                download(fileName, `${text}\n`);
                setKept(true);
              }}
            >
              <Download aria-hidden /> Download
            </Button>
          )}
        </div>
        <div className="flex items-center justify-between gap-3 border-t border-line pt-4">
          <CheckField
            label="I have kept it"
            checked={isKept}
            onChange={(event) => setKept(event.target.checked)}
          />
          <Button look="primary" disabled={!isKept} onClick={close}>
            Close
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
