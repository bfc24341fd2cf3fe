import { Link, useRouterState } from '@tanstack/react-router';
import { NAVIGATION } from './navigation';
import classes from './shell.module.css';

/** The list of pages at the side. */
export function Navigation() {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <nav aria-label="Pages">
      {NAVIGATION.map(({ label, items }) => (
        <div key={items[0]?.to ?? label} className={classes.group}>
          {label === undefined ? null : <div className={classes.groupLabel}>{label}</div>}
          {items.map(({ label: name, to, icon: Icon }) => {
            const isActive = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
            return (
              <Link
                key={to}
                to={to}
                className={classes.link}
                data-active={isActive || undefined}
                aria-current={isActive ? 'page' : undefined}
              >
                <Icon size={17} stroke={1.7} aria-hidden />
                {name}
              </Link>
            );
          })}
        </div>
      ))}
    </nav>
  );
}
