import type { Permission } from '@aether/contracts/permissions';
import { Bot, House, Rocket, Server, Settings, Workflow, type LucideIcon } from 'lucide-react';

export interface Section {
  readonly href: string;
  readonly label: string;
  readonly Icon: LucideIcon;
  /** Letter after G. */
  readonly letter: string;
  readonly needs?: Permission;
  /** Other places that belong to it. */
  readonly also?: readonly string[];
}

/** The places of the console, in the order of the rail. */
export const sections: readonly Section[] = [
  { href: '/', label: 'Home', Icon: House, letter: 'h' },
  { href: '/missions/', label: 'Missions', Icon: Workflow, letter: 'm', needs: 'missions:read' },
  { href: '/agents/', label: 'Agents', Icon: Bot, letter: 'a', needs: 'agents:read', also: ['/chats/'] },
  { href: '/deployments/', label: 'Deployments', Icon: Rocket, letter: 'd', needs: 'deployments:read' },
  { href: '/system/', label: 'System', Icon: Server, letter: 'y' },
  { href: '/settings/', label: 'Settings', Icon: Settings, letter: 's' },
];

export const isWithin = (path: string, { href, also = [] }: Section): boolean =>
  href === '/' ? path === '/' : [href, ...also].some((place) => path.startsWith(place.replace(/\/$/, '')));
