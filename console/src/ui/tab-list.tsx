import { Tabs, type TabsListProps } from '@mantine/core';
import { useEffect, useRef } from 'react';
import classes from './tab-list.module.css';

/** Tabs in one line: where it is too long for the screen it scrolls, and begins where the chosen one is seen. */
export function TabList(props: TabsListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chosen = list.current?.querySelector('[data-active]');
    if (list.current && chosen instanceof HTMLElement)
      list.current.scrollLeft = chosen.offsetLeft - (list.current.clientWidth - chosen.offsetWidth) / 2;
  }, []);
  return <Tabs.List ref={list} className={classes.list} {...props} />;
}
