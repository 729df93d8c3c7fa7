'use client';
import { useEffect, useRef, useState } from 'react';
import type { GraphTask } from './graph-task';
import { layOut, movedBack, structureOf, type Layout } from './layout';

const noLayout: Layout = { nodes: new Map(), routes: new Map() };

/**
 * Where tasks and arrows are; the same as long as the structure is the same, and near it when that changes.
 * Until the places of a changed structure are known, those of the one before are given.
 */
export function useLayout(tasks: readonly GraphTask[]): { layout: Layout; isLaidOut: boolean } {
  const [known, setKnown] = useState({ layout: noLayout, structure: '' });
  const latest = useRef(tasks);
  useEffect(() => {
    latest.current = tasks;
  });
  const structure = structureOf(tasks);
  useEffect(() => {
    let isCurrent = true;
    void layOut(latest.current).then(
      (laidOut) => isCurrent && setKnown((old) => ({ layout: movedBack(laidOut, old.layout), structure })),
    );
    return () => {
      isCurrent = false;
    };
  }, [structure]);
  return { layout: known.layout, isLaidOut: known.structure === structure };
}
