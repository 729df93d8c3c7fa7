import type { Permission } from '@aether/contracts/permissions';
import {
  Bell,
  Brain,
  Cable,
  Gauge,
  Info,
  KeyRound,
  MonitorSmartphone,
  Palette,
  ShieldCheck,
  UserRound,
  Users,
  type LucideIcon,
} from 'lucide-react';

export type SectionId =
  | 'profile'
  | 'security'
  | 'sessions'
  | 'appearance'
  | 'notifications'
  | 'keys'
  | 'people'
  | 'connections'
  | 'models'
  | 'budgets'
  | 'about';

export interface SettingsSection {
  readonly id: SectionId;
  readonly label: string;
  readonly group: 'You' | 'Everybody';
  readonly Icon: LucideIcon;
  readonly needs?: Permission;
}

/** The parts of the settings, in the order of their list. */
export const settingsSections: readonly SettingsSection[] = [
  { id: 'profile', label: 'Profile', group: 'You', Icon: UserRound, needs: 'account:read' },
  { id: 'security', label: 'Password and code', group: 'You', Icon: ShieldCheck, needs: 'account:write' },
  { id: 'sessions', label: 'Sessions', group: 'You', Icon: MonitorSmartphone, needs: 'account:read' },
  { id: 'keys', label: 'API keys', group: 'You', Icon: KeyRound, needs: 'api-keys:read' },
  { id: 'appearance', label: 'Appearance', group: 'You', Icon: Palette },
  { id: 'notifications', label: 'Notifications', group: 'You', Icon: Bell },
  { id: 'people', label: 'People', group: 'Everybody', Icon: Users, needs: 'users:read' },
  { id: 'connections', label: 'Connections', group: 'Everybody', Icon: Cable, needs: 'connections:read' },
  { id: 'models', label: 'Model providers', group: 'Everybody', Icon: Brain, needs: 'models:read' },
  { id: 'budgets', label: 'Budgets and limits', group: 'Everybody', Icon: Gauge, needs: 'usage:read' },
  { id: 'about', label: 'About', group: 'Everybody', Icon: Info },
];
