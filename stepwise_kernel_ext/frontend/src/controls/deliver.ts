/** Sending something until it has arrived. */

import { Unreachable } from "../host.ts";

/**
 * Calls `send` again and again until it is answered, with a yes or a no. `waiting` hears true when
 * nobody answered and false when that is over. `send` must be safe to repeat: an attempt's key makes it so.
 */
export async function deliver<Result>(
  send: () => Promise<Result>,
  reachable: () => Promise<void>,
  waiting: (is: boolean) => void,
): Promise<Result> {
  let waited = false;
  try {
    for (;;) {
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        if (!waited) waiting(true);
        waited = true;
        await reachable();
      }
    }
  } finally {
    if (waited) waiting(false);
  }
}
