import {
  IconActivity,
  IconBell,
  IconBuilding,
  IconBuildingStore,
  IconChartLine,
  IconChecklist,
  IconFileImport,
  IconHome,
  IconLayoutDashboard,
  IconMathFunction,
  type IconProps,
  IconSend,
  IconSettings,
  IconShieldCheck,
  IconTerminal2,
  IconTicket,
  IconTopologyStar3,
  IconTruckDelivery,
  IconUserOff,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

/** A page of the navigation. */
export interface NavigationItem {
  readonly label: string;
  readonly to: string;
  readonly icon: ComponentType<IconProps>;
  /** The two keys that lead there, pressed one after the other. */
  readonly keys: string;
}

/** A part of the navigation, after what people do there. */
export interface NavigationGroup {
  readonly label: string | undefined;
  readonly items: readonly NavigationItem[];
}

/** The navigation, in the order of the life of an event. */
export const NAVIGATION: readonly NavigationGroup[] = [
  { label: undefined, items: [{ label: 'Home', to: '/', icon: IconHome, keys: 'g h' }] },
  {
    label: 'Collect',
    items: [
      { label: 'Sources', to: '/sources', icon: IconBuildingStore, keys: 'g s' },
      { label: 'Live events', to: '/live', icon: IconActivity, keys: 'g l' },
      { label: 'Imports', to: '/imports', icon: IconFileImport, keys: 'g m' },
    ],
  },
  {
    label: 'Unify',
    items: [
      { label: 'People', to: '/people', icon: IconUsers, keys: 'g p' },
      { label: 'Accounts', to: '/accounts', icon: IconBuilding, keys: 'g a' },
      { label: 'Identity', to: '/identity', icon: IconTopologyStar3, keys: 'g i' },
    ],
  },
  {
    label: 'Understand',
    items: [
      { label: 'Segments', to: '/segments', icon: IconUsersGroup, keys: 'g e' },
      { label: 'Computed traits', to: '/computed-traits', icon: IconMathFunction, keys: 'g r' },
      { label: 'Insights', to: '/insights', icon: IconChartLine, keys: 'g t' },
      { label: 'Dashboards', to: '/dashboards', icon: IconLayoutDashboard, keys: 'g b' },
      { label: 'Query', to: '/query', icon: IconTerminal2, keys: 'g q' },
    ],
  },
  {
    label: 'Activate',
    items: [
      { label: 'Destinations', to: '/destinations', icon: IconSend, keys: 'g d' },
      { label: 'Deliveries', to: '/deliveries', icon: IconTruckDelivery, keys: 'g v' },
      { label: 'Coupons', to: '/coupons', icon: IconTicket, keys: 'g c' },
      { label: 'Consent', to: '/consent', icon: IconShieldCheck, keys: 'g o' },
      { label: 'Suppressions', to: '/suppressions', icon: IconUserOff, keys: 'g n' },
    ],
  },
  {
    label: 'Look after',
    items: [
      { label: 'Data quality', to: '/quality', icon: IconChecklist, keys: 'g u' },
      { label: 'Alerts', to: '/alerts', icon: IconBell, keys: 'g w' },
      { label: 'Settings', to: '/settings', icon: IconSettings, keys: 'g ,' },
    ],
  },
];
