import { TributaryError } from '../errors.js';
import type { PinnedQuestion } from './pinned-question.js';

/** How much of a row a card takes. */
export const CARD_WIDTHS = ['half', 'full'] as const;

/** A question on a dashboard. */
export interface DashboardCard {
  readonly id: string;
  readonly title: string;
  readonly width: (typeof CARD_WIDTHS)[number];
  readonly question: PinnedQuestion;
}

/** A card as somebody says it: with an id one that is there, of which what is left out stays; without one a new one. */
export interface GivenCard {
  readonly id?: string;
  readonly title?: string;
  readonly width?: DashboardCard['width'];
  readonly question?: PinnedQuestion;
}

/** Each is asked when the dashboard is looked at, one after the other. */
const CARDS_MAX = 40;

/**
 * The cards of a dashboard after a change that names all of them, in their new order: who is not named is gone.
 * @param newId makes the id of a new card.
 * @throws TributaryError `request_invalid` that names the card and the fix.
 */
export function cardsAfter(
  before: readonly DashboardCard[],
  given: readonly GivenCard[],
  newId: () => string,
): DashboardCard[] {
  if (given.length > CARDS_MAX)
    refuse(`cards: a dashboard holds at most ${CARDS_MAX}. Make another one for the others.`);
  const left = new Map(before.map((card) => [card.id, card]));
  return given.map((card, index) => {
    const at = `cards[${index}]`;
    if (card.id === undefined) return newCard(card, at, newId());
    const old = left.get(card.id);
    if (old === undefined)
      refuse(
        `${at}.id: there is no card ${card.id} on this dashboard, or it was named before. Leave id out for a new one.`,
      );
    left.delete(card.id);
    const { title = old.title, width = old.width, question = old.question } = card;
    return { id: old.id, title, width, question };
  });
}

function newCard({ title, width = 'half', question }: GivenCard, at: string, id: string): DashboardCard {
  if (title === undefined || question === undefined)
    refuse(`${at}: a new card needs a title and a question.`);
  return { id, title, width, question };
}

function refuse(message: string): never {
  throw new TributaryError('request_invalid', message);
}
