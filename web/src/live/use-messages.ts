'use client';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTopic } from './live';

interface MessageLike {
  readonly id: string;
  readonly seq: number;
  readonly text: string;
}

type BaseFrame<M> =
  | { readonly kind: 'message'; readonly message: M }
  | { readonly kind: 'delta'; readonly messageId: string; readonly offset: number; readonly delta: string };

interface History<M> {
  readonly items: readonly M[];
  readonly isSuccess: boolean;
  readonly refetch: () => unknown;
}

interface Options<M> {
  readonly topic: string;
  readonly history: History<M>;
  /** What a frame of another kind makes of the message it speaks of. */
  readonly onOther?: (message: M, frame: { readonly kind: string; readonly messageId: string }) => M;
}

/**
 * Messages of a conversation, oldest first: what was read, and what streams in. Every frame says where its text
 * belongs, so that one applied twice does no harm; they are drawn once per picture, however many come.
 */
export function useMessages<M extends MessageLike>({ topic, history, onOther }: Options<M>): readonly M[] {
  const [live, setLive] = useState<ReadonlyMap<string, M>>(new Map());
  const waiting = useRef<unknown[]>([]);
  const picture = useRef<number | null>(null);
  const known = useRef<ReadonlyMap<string, M>>(new Map());
  const newest = history.items[0]?.seq;

  const flush = () => {
    picture.current = null;
    const frames = waiting.current.splice(0) as BaseFrame<M>[];
    setLive((old) => {
      const next = new Map(old);
      for (const frame of frames) {
        if (frame.kind === 'message') next.set(frame.message.id, frame.message);
        else {
          const message = next.get(frame.messageId) ?? known.current.get(frame.messageId);
          if (message)
            next.set(
              message.id,
              frame.kind === 'delta' ? grown(message, frame) : (onOther?.(message, frame) ?? message),
            );
        }
      }
      return next;
    });
  };

  useTopic(history.isSuccess ? topic : null, {
    after: newest === undefined ? undefined : `${newest}:0`,
    frame: (data) => {
      waiting.current.push(data);
      picture.current ??= requestAnimationFrame(flush);
    },
    lost: () => {
      setLive(new Map());
      history.refetch();
    },
  });
  useEffect(
    () => () => {
      if (picture.current !== null) cancelAnimationFrame(picture.current);
      picture.current = null;
    },
    [],
  );
  useEffect(() => {
    known.current = new Map(history.items.map((message) => [message.id, message]));
  }, [history.items]);

  return useMemo(() => {
    const all = new Map([...history.items.map((message) => [message.id, message] as const), ...live]);
    return [...all.values()].sort((a, b) => a.seq - b.seq);
  }, [history.items, live]);
}

function grown<M extends MessageLike>(message: M, { offset, delta }: { offset: number; delta: string }): M {
  return { ...message, text: message.text.slice(0, offset) + delta };
}
