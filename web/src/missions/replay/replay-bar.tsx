'use client';
import type { HistoryEntry } from '@aether/contracts/mission-history';
import { ChevronLeft, ChevronRight, Pause, Play, Radio } from 'lucide-react';
import { Button, IconButton } from '@/ui/button';
import { duration, exact } from '@/ui/words';
import type { Replay } from './use-replay';

/** Goes to any moment of a mission: by a slider, from change to change, or as if it ran again. */
export function ReplayBar({
  replay,
  entries,
  begin,
  end,
}: {
  readonly replay: Replay;
  readonly entries: readonly HistoryEntry[];
  readonly begin: number;
  readonly end: number;
}) {
  const { at, isPlaying, show, toggle } = replay;
  const moment = at ?? end;
  const times = entries.map((entry) => Date.parse(entry.at));
  const before = times.findLast((time) => time < moment && time >= begin);
  const after = times.find((time) => time > moment);
  const elapsed = duration(moment - begin);
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-3 py-2">
      <IconButton label={isPlaying ? 'Stop playing' : 'Play it again'} onClick={toggle}>
        {isPlaying ? <Pause aria-hidden /> : <Play aria-hidden />}
      </IconButton>
      <IconButton
        label="Change before"
        disabled={before === undefined}
        onClick={() => before !== undefined && show(before)}
      >
        <ChevronLeft aria-hidden />
      </IconButton>
      <IconButton
        label="Next change"
        disabled={after === undefined}
        onClick={() => after !== undefined && show(after)}
      >
        <ChevronRight aria-hidden />
      </IconButton>
      <input
        type="range"
        aria-label="Moment of the mission"
        aria-valuetext={at === null ? 'now' : `${elapsed} after the start`}
        min={begin}
        max={end}
        step={Math.max(1, Math.round((end - begin) / 1_000))}
        value={moment}
        onChange={(event) => show(Number(event.target.value))}
        className="min-w-40 flex-1 accent-accent"
      />
      <output className="w-36 text-right text-12 text-dim" title={exact(new Date(moment).toISOString())}>
        {at === null ? 'now' : `after ${elapsed}`}
      </output>
      <Button size="small" disabled={at === null} onClick={() => show(null)}>
        <Radio aria-hidden /> Now
      </Button>
    </div>
  );
}
