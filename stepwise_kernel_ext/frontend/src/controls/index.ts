/**
 * The checkpoint control as an anywidget module, for notebooks. Its host is the kernel: requests go out
 * as `{id, call, …}` and come back as `{id, result}` or `{id, problem}`.
 */

import { type Host, Refused } from "../host.ts";
import { setTexts, t } from "../texts.ts";
import type {
  AttemptPage,
  AttemptResult,
  CheckpointView,
  Problem,
  ShowResult,
  StepState,
  Submission,
} from "../wire.ts";
import { h } from "../dom.ts";
import { uuid } from "../uuid.ts";
import { mountCheckpoint } from "./checkpoint.ts";

/** What is used of anywidget's model. */
interface Model {
  get(name: "checkpoint"): CheckpointView;
  get(name: "texts"): Record<string, string>;
  get(name: "judged"): boolean;
  on(event: "msg:custom", listener: (message: Reply) => void): void;
  off(event: "msg:custom", listener: (message: Reply) => void): void;
  on(event: "change:checkpoint", listener: () => void): void;
  off(event: "change:checkpoint", listener: () => void): void;
  send(message: Call & { id: string }): void;
}

type Call =
  | { call: "submit"; step: string; submission: Submission }
  | { call: "hint" | "show"; step: string }
  | { call: "attempts"; step: string; before: number | null };

interface Reply {
  id: string;
  result?: unknown;
  problem?: Problem;
}

class KernelHost implements Host {
  readonly drafts = null;
  readonly runner = null;
  private readonly asked = new Map<string, (reply: Reply) => void>();
  private readonly listener = (reply: Reply): void => {
    this.asked.get(reply.id)?.(reply);
    this.asked.delete(reply.id);
  };
  private states: ReadonlyMap<string, StepState> = new Map();

  constructor(private readonly model: Model) {
    model.on("msg:custom", this.listener);
  }

  destroy(): void {
    this.model.off("msg:custom", this.listener);
  }

  state(step: string): StepState {
    return this.states.get(step) ?? "current";
  }

  submit(step: string, submission: Submission): Promise<AttemptResult> {
    return this.ask({ call: "submit", step, submission });
  }

  waiting(): Promise<null> {
    return Promise.resolve(null); // a notebook's control is not told
  }

  hint(step: string): Promise<CheckpointView> {
    return this.ask({ call: "hint", step });
  }

  show(step: string): Promise<ShowResult> {
    return this.ask({ call: "show", step });
  }

  attempts(step: string, before?: number): Promise<AttemptPage> {
    return this.ask({ call: "attempts", step, before: before ?? null });
  }

  progressed(result: AttemptResult | ShowResult): void {
    this.states = new Map(result.progress.outline.map((line) => [line.id, line.state]));
  }

  openOutput(): never {
    throw new Error("A notebook runs its own cells.");
  }

  typeset(): void {
    // The notebook's own typesetter does not reach into controls; TeX stays readable as text.
  }

  announce(): void {
    // Everything a notebook's control says stands beside it, in a live region.
  }

  reachable(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 2000));
  }

  private ask<Result>(call: Call): Promise<Result> {
    const id = uuid();
    return new Promise((resolve, reject) => {
      this.asked.set(id, (reply) => {
        if (reply.problem) reject(new Refused(reply.problem));
        else resolve(reply.result as Result);
      });
      this.model.send({ id, ...call });
    });
  }
}

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  setTexts(model.get("texts"));
  const host = new KernelHost(model);
  const control = h("div.sw-checkpoint");
  if (!model.get("judged")) {
    el.append(h("p.sw-help", {}, t("A preview: answers are checked once the course is published.")));
  }
  el.append(control);
  let unmount = mountCheckpoint(control, model.get("checkpoint"), host);
  const redraw = (): void => {
    unmount();
    unmount = mountCheckpoint(control, model.get("checkpoint"), host);
  };
  model.on("change:checkpoint", redraw);
  return () => {
    model.off("change:checkpoint", redraw);
    host.destroy();
    unmount();
  };
}

export default { render };
