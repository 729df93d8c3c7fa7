'use client';
import dynamic from 'next/dynamic';
import { classes } from './classes';

const Streamdown = dynamic(() => import('streamdown').then((module) => module.Streamdown), {
  loading: () => null,
});

/** Text of agents: markdown, sanitised, remote images never loaded (the page's policy forbids them as well). */
export function Markdown({ text, streams = false }: { readonly text: string; readonly streams?: boolean }) {
  return (
    <div className={classes('prose-text max-w-none text-14 leading-6 break-words', streams && 'streams')}>
      <Streamdown
        mode={streams ? 'streaming' : 'static'}
        parseIncompleteMarkdown={streams}
        controls={false}
        disallowedElements={['img']}
        linkSafety={{ enabled: false }}
      >
        {text}
      </Streamdown>
    </div>
  );
}
