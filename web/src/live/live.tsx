'use client';
import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import type { LiveEvent } from '@aether/contracts/live-frames';
import { eventTopics } from './topics';
import type { ReadRoute } from '@/api/queries';
import { useMay } from '@/api/session';
import { LiveConnection, type ConnectionState, type TopicListener } from './connection';
import { EventCache } from './event-cache';

const WHO: ReadRoute = 'GET /api/v1/me';

const LiveContext = createContext<LiveConnection | null>(null);

/** Opens the page's socket, and keeps what was read fresh by the events that come over it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [connection] = useState(
    () =>
      new LiveConnection(() => void client.invalidateQueries({ queryKey: [WHO] }, { cancelRefetch: false })),
  );
  useEffect(() => {
    connection.start();
    return () => connection.stop();
  }, [connection]);
  return (
    <LiveContext value={connection}>
      <EventsToCache />
      {children}
    </LiveContext>
  );
}

function useConnection(): LiveConnection {
  const connection = useContext(LiveContext);
  if (!connection) throw new Error('There is no live connection outside of LiveProvider.');
  return connection;
}

export function useConnectionState(): ConnectionState {
  const connection = useConnection();
  return useSyncExternalStore(connection.watch, connection.currentState, () => 'connecting');
}

export interface TopicOptions extends TopicListener {
  /** Where to begin; everything there is, where absent. Read once per topic. */
  readonly after?: string | undefined;
}

/** Follows a topic while the component is shown; a null topic follows nothing. */
export function useTopic(topic: string | null, options: TopicOptions): void {
  const connection = useConnection();
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    if (topic === null) return;
    return connection.follow(
      topic,
      {
        frame: (data, cursor) => latest.current.frame(data, cursor),
        joined: (cursor) => latest.current.joined?.(cursor),
        lost: () => latest.current.lost?.(),
      },
      latest.current.after,
    );
  }, [connection, topic]);
}

function EventsToCache() {
  const client = useQueryClient();
  const may = useMay();
  const connection = useConnection();
  useEffect(() => {
    const cache = new EventCache(client);
    const ends = Object.entries(eventTopics)
      .filter(([, permission]) => may(permission))
      .map(([owner]) =>
        connection.follow(`events/${owner}`, {
          frame: (data) => cache.apply(data as LiveEvent),
          lost: () => void client.invalidateQueries(),
        }),
      );
    return () => {
      for (const end of ends) end();
      cache.stop();
    };
  }, [client, connection, may]);
  return null;
}
