import { createContext } from 'react';

/** When a question may be asked. Where there are many on a page they take turns: the server answers one after the other anyway. */
export interface Turn {
  readonly isOpen: boolean;
  /** It is answered, or cannot be: the next one may go. Stays the same function. */
  readonly end: () => void;
}

/** The turn of the question below; alone it may always. */
export const TurnContext = createContext<Turn>({ isOpen: true, end() {} });
