/**
 * What a control needs from where it lives: the learner's page answers over REST, a notebook over the
 * kernel's comm. A control knows nothing else of either.
 */

import type { OutputView } from "./page/outputs.ts";
import type { Runner } from "./page/kernel.ts";
import type {
  AttemptPage,
  AttemptResult,
  CheckpointView,
  DraftView,
  Problem,
  ShowResult,
  StepState,
  Submission,
} from "./wire.ts";

/** The server answered, and the answer was no. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "Refused";
  }

  /** `urn:stepwise:guessing-pause` is of kind `guessing-pause`. */
  get kind(): string {
    return this.problem.type.replace(/^urn:stepwise:/, "");
  }

  get retryAfter(): number {
    return this.problem.retry_after ?? 0;
  }
}

/** Nobody answered: the network or the server is away. Trying again later is right. */
export class Unreachable extends Error {
  constructor(message = "unreachable") {
    super(message);
    this.name = "Unreachable";
  }
}

/** Another device's text for the same slot, which the learner has not seen here yet. */
export interface OtherDraft {
  draft: DraftView;
  dismiss(): void;
}

/** One piece of half-written work. */
export interface DraftSlot {
  /** What to start with: null when nothing was ever written. */
  readonly text: string | null;
  readonly other: OtherDraft | null;
  save(text: string): void;
}

export interface DraftStore {
  slot(name: string): DraftSlot;
}

export interface Host {
  readonly drafts: DraftStore | null;
  readonly runner: Runner | null;
  state(step: string): StepState;
  submit(step: string, submission: Submission): Promise<AttemptResult>;
  /** How many come before an attempt that was submitted with this key; null when it does not wait. */
  waiting(step: string, key: string): Promise<number | null>;
  hint(step: string): Promise<CheckpointView>;
  show(step: string): Promise<ShowResult>;
  attempts(step: string, before?: number): Promise<AttemptPage>;
  /** After a checkpoint changed the learner's progress. */
  progressed(result: AttemptResult | ShowResult): void;
  openOutput(element: HTMLElement): OutputView;
  /** Typesets the math in an element, now or soon. */
  typeset(element: HTMLElement): void;
  /** Says something to screen readers that is not written beside the control. */
  announce(text: string): void;
  /** Settles as soon as trying again has a chance. */
  reachable(): Promise<void>;
}
