import { createContext, useContext } from 'react';

/** The sentence with which the API refused the definition; undefined when it is good. */
export const FaultContext = createContext<string | undefined>(undefined);

/** Whether what is wrong is in the part at this path, as the API names places. */
export function useIsFault(path: string): boolean {
  const sentence = useContext(FaultContext);
  if (sentence === undefined || !sentence.startsWith(path)) return false;
  return /^[.:[ ]/.test(sentence.slice(path.length));
}
