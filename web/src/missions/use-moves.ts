'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { useChange } from '@/api/queries';
import { moveTo, type Column } from './columns';

/** Carries out what moving a mission to a column of the board means; nothing where it may not go there. */
export function useMoves(onDone?: () => void) {
  const options = onDone && { onDone };
  const approve = useChange('POST /api/v1/missions/{id}/approve', options);
  const pause = useChange('POST /api/v1/missions/{id}/pause', options);
  const resume = useChange('POST /api/v1/missions/{id}/resume', options);
  const verbs = { approve, pause, resume };
  return {
    error: approve.error ?? pause.error ?? resume.error,
    move: (mission: Mission, column: Column) => {
      const move = moveTo(mission, column);
      if ('verb' in move) verbs[move.verb].mutate({ id: mission.id });
    },
  };
}
