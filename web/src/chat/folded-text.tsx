'use client';
import { useState } from 'react';

const CHARACTERS = 900;
const LINES = 14;

/** What a person or a mission wrote, as it was written; what is long begins folded. */
export function FoldedText({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > CHARACTERS || text.split('\n').length > LINES;
  return (
    <>
      <div
        className={isLong && !isOpen ? 'max-h-48 overflow-hidden whitespace-pre-wrap' : 'whitespace-pre-wrap'}
      >
        {text}
      </div>
      {isLong && (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="mt-1.5 text-12 font-medium text-accent hover:underline"
        >
          {isOpen ? 'Show less' : 'Show all of it'}
        </button>
      )}
    </>
  );
}
