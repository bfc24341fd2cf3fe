import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives memory back to the system after a burst of work: JavaScript collects garbage when it needs room, and an idle thread
 * needs none. Call `busy` with each piece of work; once nothing has come for `quietMs`, this thread's garbage is collected,
 * one time, and `also` is called.
 */
export function collectWhenIdle(quietMs: number, also: () => void = () => {}): { busy(): void } {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let timer: NodeJS.Timeout | undefined;
  return {
    busy() {
      if (timer) timer.refresh();
      else {
        timer = setTimeout(() => {
          timer = undefined;
          // Moved together, what is left takes half of the pages that it lies on else.
          setFlagsFromString('--compact-on-every-full-gc');
          collect();
          setFlagsFromString('--no-compact-on-every-full-gc');
          also();
        }, quietMs);
        timer.unref();
      }
    },
  };
}
