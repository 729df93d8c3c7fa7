'use client';
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';

interface Side {
  readonly isJasonOpen: boolean;
  readonly isPaletteOpen: boolean;
  readonly setJason: (isOpen: boolean) => void;
  readonly setPalette: (isOpen: boolean) => void;
}

const SideContext = createContext<Side | null>(null);

/** What is opened over or beside the page by any of its parts: Jason and the palette. */
export function SideProvider({ children }: { readonly children: ReactNode }) {
  const [isJasonOpen, setJason] = useState(false);
  const [isPaletteOpen, setPalette] = useState(false);
  const side = useMemo(
    () => ({ isJasonOpen, isPaletteOpen, setJason, setPalette }),
    [isJasonOpen, isPaletteOpen],
  );
  return <SideContext value={side}>{children}</SideContext>;
}

export function useSide(): Side {
  const side = useContext(SideContext);
  if (!side) throw new Error('There is no side outside of SideProvider.');
  return side;
}
