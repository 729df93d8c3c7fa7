import type { ReactNode } from 'react';
import { Frame } from '@/frame/frame';
import { UndoLine } from '@/ui/undo';

export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return (
    <Frame>
      {children}
      <UndoLine />
    </Frame>
  );
}
