'use client';
import { ATTACHMENTS_MAX, type Attachment } from '@aether/contracts/attachments';
import { useEffect, useRef, useState } from 'react';
import { call, CallError } from '@/api/call';
import { bringFile, newId } from './bring-file';

/** A file on its way into the next message. */
export interface Brought {
  readonly id: string;
  readonly file: File;
  readonly sentBytes: number;
  /** Once all of it is there. */
  readonly attachment: Attachment | null;
  readonly error: Error | null;
}

export interface Files {
  readonly list: readonly Brought[];
  readonly add: (files: Iterable<File>) => void;
  readonly remove: (id: string) => void;
  readonly retry: (id: string) => void;
  /** Empties the list for sending; the function gives it back where the message was not sent. */
  readonly take: () => { readonly ids: string[]; readonly putBack: () => void };
}

const TOO_MANY = `One message brings ${ATTACHMENTS_MAX} files at most.`;

/** The files of the message that is being written. What is never sent, Aether removes after a while. */
export function useFiles(chatId: string): Files {
  const [list, setList] = useState<readonly Brought[]>([]);
  const running = useRef(new Map<string, AbortController>());
  useEffect(() => {
    const under = running.current;
    return () => {
      for (const controller of under.values()) controller.abort();
    };
  }, []);

  const change = (id: string, part: Partial<Brought>) =>
    setList((old) => old.map((each) => (each.id === id ? { ...each, ...part } : each)));

  const bring = async (id: string, file: File) => {
    const controller = new AbortController();
    running.current.set(id, controller);
    try {
      const { signal } = controller;
      const onSent = (sentBytes: number) => change(id, { sentBytes });
      change(id, { attachment: await bringFile(chatId, file, { id, signal, onSent }) });
    } catch (error) {
      if (!controller.signal.aborted) change(id, { error: error as Error });
    } finally {
      running.current.delete(id);
    }
  };

  return {
    list,
    add: (files) => {
      const fresh = [...files].map((file, index) => {
        const isOneTooMany = list.length + index >= ATTACHMENTS_MAX;
        const why = file.size === 0 ? 'This file is empty.' : isOneTooMany ? TOO_MANY : null;
        return {
          id: newId(),
          file,
          sentBytes: 0,
          attachment: null,
          error: why === null ? null : new Error(why),
        };
      });
      setList((old) => [...old, ...fresh]);
      for (const { id, file, error } of fresh) if (!error) void bring(id, file);
    },
    remove: (id) => {
      running.current.get(id)?.abort();
      setList((old) => old.filter((each) => each.id !== id));
      void call('DELETE /api/v1/attachments/{id}', { id }).catch(() => undefined);
    },
    retry: (id) => {
      const found = list.find((each) => each.id === id);
      if (!found) return;
      change(id, { error: null, sentBytes: 0 });
      void bring(id, found.file);
    },
    take: () => {
      setList([]);
      return {
        ids: list.flatMap(({ attachment }) => (attachment ? [attachment.id] : [])),
        putBack: () => setList((newer) => (newer.length > 0 ? newer : list)),
      };
    },
  };
}

/** True where trying again may help: what was refused for what it is stays refused. */
export const mayRetry = (error: Error | null): boolean =>
  error instanceof CallError && (error.problem.status === 0 || error.problem.status >= 500);

/** Why a file did not come, in one sentence that names the limit. */
export const whyNot = (error: Error): string =>
  error instanceof CallError ? `${error.problem.detail || error.problem.title}` : error.message;
