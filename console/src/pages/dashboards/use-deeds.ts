import { useState } from 'react';
import { MASK } from '../../ui/person';
import { tell } from '../../ui/tell';
import { swapped } from '../segments/builder/definition';
import type { Card, Dashboard, GivenCard } from './question';
import { useChange } from './use-change';

/** What can be done with cards. */
export interface CardDeeds {
  readonly isPending: boolean;
  /** What was done last, for those who do not see it. */
  readonly said: string;
  /** From 0, and of how many. */
  readonly placeOf: (id: string) => { readonly place: number; readonly count: number };
  readonly move: (id: string, by: 1 | -1) => void;
  readonly set: (id: string, change: Pick<GivenCard, 'title' | 'width'>) => void;
  /** Takes it off, and offers to put it back. */
  readonly remove: (id: string) => void;
}

const kept = ({ id }: Card): GivenCard => ({ id });

/** What can be done with the cards of a dashboard. */
export function useDeeds({ id: dashboardId, cards }: Dashboard): CardDeeds {
  const { change, isPending } = useChange(dashboardId);
  const [said, setSaid] = useState('');
  const placeIn = (list: readonly Card[], id: string) => list.findIndex((card) => card.id === id);
  const putBack = ({ title, width, question }: Card, place: number) =>
    change((now) => {
      const all = now.cards.map(kept);
      return { cards: [...all.slice(0, place), { title, width, question }, ...all.slice(place)] };
    });
  return {
    isPending,
    said,
    placeOf: (id) => ({ place: placeIn(cards, id), count: cards.length }),
    move: (id, by) =>
      change(
        (now) => {
          const first = Math.min(placeIn(now.cards, id), placeIn(now.cards, id) + by);
          return first < 0 || first + 1 >= now.cards.length
            ? undefined
            : { cards: swapped(now.cards, first).map(kept) };
        },
        (after) => {
          const place = placeIn(after.cards, id);
          setSaid(`${after.cards[place]?.title} is now ${place + 1} of ${after.cards.length}.`);
          focusMenu(id);
        },
      ),
    set: (id, changed) =>
      change((now) => ({
        cards: now.cards.map((card) => ({ id: card.id, ...(card.id === id ? changed : {}) })),
      })),
    remove(id) {
      const place = placeIn(cards, id);
      const card = cards[place];
      if (card === undefined) return;
      change(
        (now) => ({ cards: now.cards.filter((one) => one.id !== id).map(kept) }),
        () =>
          tell(
            `${card.title} is taken off.`,
            undoOf(card, () => putBack(card, place)),
          ),
      );
    },
  };
}

/** What was never seen cannot be put back: SQL of who may not see personal data. */
function undoOf({ question }: Card, go: () => void) {
  return question.sql === MASK ? undefined : { label: 'Undo', go };
}

/** Whoever moves a card by keyboard goes on from where it is now. */
function focusMenu(id: string): void {
  requestAnimationFrame(() => {
    const menu = document.querySelector<HTMLElement>(`[data-menu-of="${id}"]`);
    menu?.focus({ preventScroll: true });
    menu?.scrollIntoView({ block: 'nearest' });
  });
}
