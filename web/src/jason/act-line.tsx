'use client';
import type { JasonAction } from '@aether/contracts/jason';
import { Undo2 } from 'lucide-react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { ToolLine } from '@/chat/tool-line';
import { Button } from '@/ui/button';
import { Fault } from '@/ui/feedback';
import { sentence } from '@/ui/words';

type Verb = 'pause' | 'resume' | 'cancel';

/** What takes an act of Jason back, and in which state of the mission that can be done. */
const undoings: Readonly<Record<string, { verb: Verb; while: readonly string[]; label: string }>> = {
  create_mission: {
    verb: 'cancel',
    while: ['draft', 'planning', 'proposed'],
    label: 'Take the mission off the board',
  },
  approve_mission: { verb: 'pause', while: ['running'], label: 'Pause it again' },
  resume_mission: { verb: 'pause', while: ['running'], label: 'Pause it again' },
  pause_mission: { verb: 'resume', while: ['paused'], label: 'Resume it' },
};

/** Something Jason did, in one line, with the way back where there is one. */
export function ActLine({ action }: { readonly action: JasonAction }) {
  const undoing = action.isError || action.result === null ? undefined : undoings[action.name];
  return (
    <div>
      <ToolLine tool={{ ...action, name: sentence(action.name), args: action.input }} />
      {undoing && action.missionId && <Undo missionId={action.missionId} {...undoing} />}
    </div>
  );
}

function Undo({
  missionId: id,
  verb,
  while: states,
  label,
}: {
  readonly missionId: string;
  readonly verb: Verb;
  readonly while: readonly string[];
  readonly label: string;
}) {
  const may = useMay();
  const mission = useRead('GET /api/v1/missions/{id}', { id });
  const pause = useChange('POST /api/v1/missions/{id}/pause');
  const resume = useChange('POST /api/v1/missions/{id}/resume');
  const cancel = useChange('POST /api/v1/missions/{id}/cancel');
  const change = { pause, resume, cancel }[verb];
  if (!mission.data || !states.includes(mission.data.state) || !may('missions:write')) return null;
  return (
    <>
      <Button size="small" look="quiet" busy={change.isPending} onClick={() => change.mutate({ id })}>
        <Undo2 aria-hidden /> {label}
      </Button>
      <Fault error={change.error} />
    </>
  );
}
