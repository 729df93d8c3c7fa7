'use client';
import { useState, useSyncExternalStore } from 'react';
import { useMay } from '@/api/session';
import { browserPermission } from '@/notifications/browser-notice';
import { kindNames, noticeKinds } from '@/notifications/kinds';
import type { NoticeKind } from '@/notifications/notice';
import { useNoticeChoices } from '@/notifications/use-notices';
import { Button } from '@/ui/button';
import { toneText } from '@/ui/state';
import { classes } from '@/ui/classes';
import { Part } from './part';

const never = () => () => undefined;

const remedies = {
  unsupported:
    'Browsers show notifications only over https, or on the machine itself. The bell works everywhere.',
  denied: "You said no to this site before. Allow notifications in the browser's settings of this site.",
} as const;

/** What a person is told of, and where. */
export function Notifications() {
  const { isBrowserOn, choose } = useNoticeChoices();
  const [, setAsked] = useState(0);
  const permission = useSyncExternalStore(never, browserPermission, () => 'default' as const);
  const isOn = isBrowserOn && permission === 'granted';
  const switchOn = async () => {
    // Asked only now: a question nobody expects is answered with no.
    const answer = permission === 'default' ? await Notification.requestPermission() : permission;
    choose({ isBrowserOn: answer === 'granted' });
    setAsked((times) => times + 1);
  };
  return (
    <>
      <Part
        title="By the browser"
        lead="Shown by this browser while you look at something else. Chosen in each browser for itself."
        action={
          isOn ? (
            <Button onClick={() => choose({ isBrowserOn: false })}>Switch off</Button>
          ) : (
            <Button
              look="primary"
              disabled={permission === 'unsupported' || permission === 'denied'}
              onClick={() => void switchOn()}
            >
              Switch on
            </Button>
          )
        }
      >
        <p className="text-dim">
          {permission === 'unsupported' || permission === 'denied'
            ? remedies[permission]
            : isOn
              ? 'They are on, and come while a tab of Aether is open.'
              : 'They are off. The browser asks you once when you switch them on.'}
        </p>
      </Part>
      <Part title="What you are told" lead="Kept in this browser." flush>
        <Kinds isBrowserOn={isOn} />
      </Part>
    </>
  );
}

function Kinds({ isBrowserOn }: { readonly isBrowserOn: boolean }) {
  const may = useMay();
  const { notInBell, notByBrowser, choose } = useNoticeChoices();
  const toggled = (kinds: readonly NoticeKind[], kind: NoticeKind) =>
    kinds.includes(kind) ? kinds.filter((each) => each !== kind) : [...kinds, kind];
  return (
    <table className="w-full">
      <thead>
        <tr className="h-9 border-b border-line text-left text-12 text-dim">
          <th className="px-4 font-normal">When</th>
          <th className="w-16 text-center font-normal">Bell</th>
          <th className="w-20 text-center font-normal">Browser</th>
        </tr>
      </thead>
      <tbody>
        {kindNames
          .filter((kind) => may(noticeKinds[kind].needs))
          .map((kind) => {
            const { label, Icon, tone } = noticeKinds[kind];
            return (
              <tr key={kind} className="h-10 border-b border-line last:border-b-0">
                <th scope="row" className="px-4 text-left font-normal">
                  <span className="flex items-center gap-3">
                    <Icon aria-hidden className={classes('size-4 shrink-0', toneText[tone])} />
                    {label}
                  </span>
                </th>
                <td className="text-center">
                  <Tick
                    label={`${label}: bell`}
                    isOn={!notInBell.includes(kind)}
                    onToggle={() => choose({ notInBell: toggled(notInBell, kind) })}
                  />
                </td>
                <td className="text-center">
                  <Tick
                    label={`${label}: browser`}
                    isOn={!notByBrowser.includes(kind)}
                    disabled={!isBrowserOn}
                    onToggle={() => choose({ notByBrowser: toggled(notByBrowser, kind) })}
                  />
                </td>
              </tr>
            );
          })}
      </tbody>
    </table>
  );
}

function Tick({
  label,
  isOn,
  onToggle,
  disabled = false,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onToggle: () => void;
  readonly disabled?: boolean;
}) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={isOn}
      disabled={disabled}
      onChange={onToggle}
      className="size-4 align-middle accent-accent disabled:opacity-40"
    />
  );
}
