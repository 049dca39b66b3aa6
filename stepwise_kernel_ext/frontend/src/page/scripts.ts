/**
 * Scripts that could not be fetched are fetched again when the server answers. Whoever asked for one hears
 * of its arrival alone: webpack, which asks for most of them, would remember a failure for ever.
 */

const RETRY_MS = 3000;
/** A server that answers and does not give a script so many times will not give it. */
const MOST_TRIES = 4;

export interface Fetching {
  /** Whether it is about this address. */
  owns(address: string): boolean;
  /** Hears true when a script is missing, and false when all of them are there. */
  missing(is: boolean): void;
  /** A script is not to be had. Now whoever asked for it hears so too. */
  gaveUp(): void;
}

export function fetchAgain(fetching: Fetching): void {
  const tries = new WeakMap<HTMLScriptElement, number>();
  const missing = new Set<string>();

  function arrived(address: string): void {
    missing.delete(address);
    fetching.missing(missing.size > 0);
  }

  async function again(script: HTMLScriptElement, tried: number): Promise<void> {
    missing.add(script.src);
    fetching.missing(true);
    await serverAnswers();
    const next = document.createElement("script");
    for (const { name, value } of script.attributes) next.setAttribute(name, value);
    next.onload = script.onload;
    next.onerror = script.onerror;
    next.addEventListener("load", () => arrived(next.src));
    tries.set(next, tried);
    document.head.append(next);
  }

  function failed(event: Event): void {
    const script = event.target;
    if (!(script instanceof HTMLScriptElement) || !fetching.owns(script.src)) return;
    script.remove();
    const tried = (tries.get(script) ?? 0) + 1;
    if (tried > MOST_TRIES) {
      fetching.gaveUp();
      return;
    }
    event.stopImmediatePropagation();
    void again(script, tried);
  }

  // On its way to the script, which is where its own listeners are.
  document.addEventListener("error", failed, true);
}

/** Settles when the server answers, after a pause when it does not at once. */
export async function serverAnswers(): Promise<void> {
  const health = `${document.body.dataset["baseUrl"] ?? ""}../healthz`;
  while (!(await answers(health))) await pause();
}

export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RETRY_MS));
}

async function answers(address: string): Promise<boolean> {
  return fetch(address, { cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );
}
