'use client';
import { createContext, useContext } from 'react';

/** True while nothing can be changed: buttons that change something wait, what was read stays. */
export const ReadOnly = createContext(false);

export const useReadOnly = (): boolean => useContext(ReadOnly);
