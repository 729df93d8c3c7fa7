'use client';
import type { Permission } from '@aether/contracts/permissions';
import type { RouteOutput } from '@aether/contracts/routes';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { forgetNotices } from '@/notifications/kept';
import { call } from './call';
import { useRead } from './queries';

export type Me = RouteOutput<'GET /api/v1/me'>;

/** Who is signed in. */
export const useMe = () => useRead('GET /api/v1/me', {});

/** Says whether the person who is signed in may do something; nothing while that is not known. */
export function useMay(): (permission: Permission) => boolean {
  const permissions = useMe().data?.permissions;
  return useCallback((permission) => permissions?.includes(permission) ?? false, [permissions]);
}

/** Ends the session, and forgets everything that was read in it. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(async () => {
    await call('DELETE /api/v1/session', {}).catch(() => undefined);
    client.clear();
    forgetNotices();
    window.location.assign('/sign-in/');
  }, [client]);
}
