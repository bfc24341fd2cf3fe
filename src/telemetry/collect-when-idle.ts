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
          collect();
          also();
        }, quietMs);
        timer.unref();
      }
    },
  };
}
