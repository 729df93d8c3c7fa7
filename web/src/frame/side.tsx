'use client';
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';

/** Words for Jason that were written elsewhere; each handing over is an object of its own. */
export interface Draft {
  readonly text: string;
}

interface Side {
  readonly isJasonOpen: boolean;
  readonly isPaletteOpen: boolean;
  /** Waits for where one writes to Jason, which sets it to null once it has it. */
  readonly draft: Draft | null;
  readonly setJason: (isOpen: boolean) => void;
  readonly setPalette: (isOpen: boolean) => void;
  readonly setDraft: (draft: Draft | null) => void;
}

const SideContext = createContext<Side | null>(null);

/** What is opened over or beside the page by any of its parts: Jason and the palette. */
export function SideProvider({ children }: { readonly children: ReactNode }) {
  const [isJasonOpen, setJason] = useState(false);
  const [isPaletteOpen, setPalette] = useState(false);
  const [draft, setDraft] = useState<Draft | null>(null);
  const side = useMemo(
    () => ({ isJasonOpen, isPaletteOpen, draft, setJason, setPalette, setDraft }),
    [isJasonOpen, isPaletteOpen, draft],
  );
  return <SideContext value={side}>{children}</SideContext>;
}

export function useSide(): Side {
  const side = useContext(SideContext);
  if (!side) throw new Error('There is no side outside of SideProvider.');
  return side;
}
