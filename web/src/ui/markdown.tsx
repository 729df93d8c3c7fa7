'use client';
import { Square, SquareCheck } from 'lucide-react';
import { lazy, Suspense, type ComponentProps } from 'react';
import { classes } from './classes';

const Streamdown = lazy(() => import('streamdown').then((module) => ({ default: module.Streamdown })));

/** What scrolls by itself inside of a text, such as a wide table, is reached by keys. */
function makeReachable(text: HTMLElement | null) {
  if (!text) return;
  const mark = () => {
    for (const part of text.querySelectorAll<HTMLElement>('.overflow-x-auto')) part.tabIndex = 0;
  };
  mark();
  const watch = new MutationObserver(mark);
  watch.observe(text, { childList: true, subtree: true });
  return () => watch.disconnect();
}

/** Of a task in a list: a mark with a word, since nobody can tick it. */
function TaskMark({ checked }: ComponentProps<'input'>) {
  const Icon = checked ? SquareCheck : Square;
  return <Icon role="img" aria-label={checked ? 'Done' : 'Not done'} className="mr-1.5 inline size-4" />;
}
const components = { input: TaskMark };

/** Text of agents: markdown, sanitised, remote images never loaded (the page's policy forbids them as well). */
export function Markdown({ text, streams = false }: { readonly text: string; readonly streams?: boolean }) {
  return (
    <div
      ref={makeReachable}
      className={classes('prose-text max-w-none text-14 leading-6 break-words', streams && 'streams')}
    >
      {/* Until the program that formats it is here, the text itself is read, and keeps its place. */}
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Streamdown
          mode={streams ? 'streaming' : 'static'}
          parseIncompleteMarkdown={streams}
          controls={false}
          disallowedElements={['img']}
          components={components}
          linkSafety={{ enabled: false }}
        >
          {text}
        </Streamdown>
      </Suspense>
    </div>
  );
}
