import type { Permission } from '@aether/contracts/permissions';
import { Bot, House, Rocket, Server, Settings, Workflow, type LucideIcon } from 'lucide-react';

export interface Section {
  readonly href: string;
  readonly label: string;
  readonly Icon: LucideIcon;
  /** Letter after G. */
  readonly letter: string;
  readonly needs?: Permission;
}

/** The places of the console, in the order of the rail. */
export const sections: readonly Section[] = [
  { href: '/', label: 'Home', Icon: House, letter: 'h' },
  { href: '/missions/', label: 'Missions', Icon: Workflow, letter: 'm', needs: 'missions:read' },
  { href: '/agents/', label: 'Agents', Icon: Bot, letter: 'a', needs: 'agents:read' },
  { href: '/deployments/', label: 'Deployments', Icon: Rocket, letter: 'd', needs: 'deployments:read' },
  { href: '/system/', label: 'System', Icon: Server, letter: 'y' },
  { href: '/settings/', label: 'Settings', Icon: Settings, letter: 's' },
];

export const isWithin = (path: string, href: string): boolean =>
  href === '/' ? path === '/' : path.startsWith(href.replace(/\/$/, ''));
