/**
 * A checkpoint: a question, Check, and everything around it. The same control serves the learner's page
 * and a notebook; all it asks for goes through its host.
 */

import { arrange, freshId, h, isDisabled, sanitised, setDisabled } from "../dom.ts";
import type { DraftSlot, Host } from "../host.ts";
import { t } from "../texts.ts";
import { uuid } from "../uuid.ts";
import type { AttemptResult, AttemptView, CheckpointView, QuestionView, ShowResult } from "../wire.ts";
import { openAttempts } from "./attempts.ts";
import { createQuestion } from "./create.ts";
import { dock, isDocked } from "./dock.ts";
import { draftBar } from "./draft_bar.ts";
import { draftText, parseDraft, readableDraft } from "./draft_text.ts";
import { feedbackOf } from "./feedback.ts";
import { hintList, nextHint } from "./hints.ts";
import { Pause } from "./pause.ts";
import type { QuestionControl } from "./question.ts";
import { QueueWatch } from "./queue.ts";
import { Requests } from "./requests.ts";
import { solutionPanel } from "./solution.ts";
import { stuckPanel } from "./stuck.ts";

/** Puts the control of a checkpoint into `element`. Returns what takes it away again. */
export function mountCheckpoint(element: HTMLElement, view: CheckpointView, host: Host): () => void {
  const checkpoint = new Checkpoint(element, view, host);
  return () => checkpoint.destroy();
}

class Checkpoint {
  private readonly question: QuestionControl;
  private readonly drafts: DraftSlot | null;
  private readonly pause: Pause;
  private readonly say = h("div.sw-feedback", { role: "status", tabindex: -1 });
  private readonly requests: Requests;
  private readonly queue = new QueueWatch();
  private readonly hints = h("div.sw-hints", { "aria-live": "polite" });
  private readonly stuck = h("div");
  private readonly solution = h("div");
  private readonly actions = h("div.sw-actions");
  private readonly check = this.button(t("Check"), () => this.press(), "primary");
  private readonly hint = this.button("", () => void this.takeHint());
  private readonly stuckButton = this.button(t("I am stuck"), () => this.toggleStuck(), "quiet");
  private readonly attemptsButton = this.button("", () => void this.openAttempts(), "quiet");
  private readonly again = this.button(t("Try again"), () => this.tryAgain());
  private passedHere: boolean;
  private redoing = false;
  private startedAt = performance.now();
  private lastPass: AttemptView | null;

  constructor(
    private readonly element: HTMLElement,
    private view: CheckpointView,
    private readonly host: Host,
  ) {
    const ask = sanitised(h("div.sw-ask", { id: freshId("ask") }), view.question.ask.html);
    this.passedHere = ["passed", "proved"].includes(host.state(view.step));
    this.lastPass = view.last_attempt?.passed ? view.last_attempt : null;
    this.drafts = host.drafts?.slot(view.step) ?? null;
    this.pause = new Pause(() => setDisabled(this.check, this.requests.busy));
    this.requests = new Requests({
      reachable: () => host.reachable(),
      busy: (is) => setDisabled(this.check, is || this.pause.active),
      paused: (seconds) => this.pauseFor(seconds),
    });
    this.question = createQuestion(view.question, {
      host,
      step: view.step,
      labelledBy: ask.id,
      create: createQuestion,
      changed: () => this.changed(),
      check: () => void this.submit(),
    });
    // What is hidden names the control all the same, and is not read a second time.
    ask.hidden = saidAbove(element, view.question.ask.source);
    if (!view.question.ask.html) ask.classList.add("sw-visually-hidden");
    if (!ask.textContent?.trim()) ask.textContent = t("Checkpoint");
    element.dataset["kind"] = view.question.kind;
    element.replaceChildren(
      ask,
      this.question.element,
      this.say,
      this.hints,
      this.requests.note,
      this.queue.element,
      this.pause.element,
      dock(this.question.keys, this.actions),
      this.stuck,
      this.solution,
    );
    this.begin();
  }

  destroy(): void {
    this.pause.stop();
    this.queue.stop();
    this.question.destroy();
    this.element.replaceChildren();
  }

  private button(label: string, act: () => void, look = ""): HTMLButtonElement {
    const selector = `button.sw-button${look && `.${look}`}` as "button";
    const button = h(selector, { type: "button" }, label);
    button.addEventListener("click", () => {
      if (!isDisabled(button)) act();
    });
    return button;
  }

  /* ------------------------------------------------------------ beginning */

  private begin(): void {
    const last = this.view.last_attempt;
    // Somebody who was trying a passed step again goes on with that.
    this.redoing = this.locked && last !== null && !last.passed;
    const draft = this.question.keepsDrafts && !this.locked ? (this.drafts?.text ?? null) : null;
    const draftAnswer = draft === null ? null : parseDraft(this.view.question, draft);
    this.question.restore(draftAnswer ?? last?.answer ?? null);
    const asSubmitted =
      last !== null && (draftAnswer === null || draftText(draftAnswer) === draftText(last.answer));
    if (last && (asSubmitted || (this.passedHere && last.passed))) this.showVerdict(last);
    this.offerOtherDraft();
    this.pauseFor(this.view.pause_seconds);
    this.render();
    this.tellOfRedoing();
    this.host.typeset(this.element);
  }

  private offerOtherDraft(): void {
    const other = this.question.keepsDrafts && !this.locked ? this.drafts?.other : null;
    if (!other) return;
    const readable = readableDraft(this.view.question, other.draft.text);
    const bar = draftBar(other, readable, (text) => {
      this.question.restore(parseDraft(this.view.question, text));
      this.changed();
      this.question.focus();
    });
    this.question.element.before(bar);
  }

  /** Every state of the control, drawn from its fields. */
  private render(): void {
    const state = this.host.state(this.view.step);
    const done = this.passedHere && !this.redoing;
    const label = nextHint(this.view);
    const isCode = this.view.question.kind === "exercise";
    this.element.dataset["state"] = done ? "passed" : state;
    this.question.setLocked(done);
    this.check.textContent = checkLabel(this.view);
    this.hint.textContent = label ?? "";
    this.stuckButton.textContent = this.view.failures_left === 0 ? t("Show me and go on") : t("I am stuck");
    this.attemptsButton.textContent = t("My attempts ({n})", { n: this.view.attempts });
    this.check.title = isCode ? "Ctrl+Enter" : "";

    const showsStuck = !done && !this.passedHere && state !== "shown" && this.view.question.kind !== "read";
    const buttons: (HTMLElement | false)[] = [
      ...this.question.buttons,
      (!done || isCode) && this.check,
      !done && label !== null && this.hint,
      showsStuck && this.stuckButton,
      done && this.view.question.kind !== "read" && this.again,
      this.view.attempts > 0 && this.view.question.kind !== "read" && this.attemptsButton,
    ];
    arrange(
      this.actions,
      buttons.filter((button) => button !== false),
    );
    this.renderHints(done);
    const panel = this.view.solution && !this.redoing ? this.solutionPanel() : null;
    this.solution.replaceChildren(...(panel ? [panel] : []));
    if (!showsStuck) this.stuck.replaceChildren();
    if (done && this.view.question.kind === "read") this.say.replaceChildren(h("p.sw-help", {}, t("✓ Read")));
  }

  /** Only new hints are put in, so that a screen reader says no hint twice. */
  private renderHints(done: boolean): void {
    const shown = this.hints.children.length;
    if (done || shown > this.view.hints.length) this.hints.replaceChildren();
    else this.hints.append(...hintList(this.view).slice(shown));
  }

  private solutionPanel(): HTMLElement | null {
    const solution = this.view.solution;
    const panel = solution && solutionPanel(this.view.question, solution, this.lastPass);
    if (panel) this.host.typeset(panel);
    return panel;
  }

  /** Passed, and waiting for "Try again". Code stays open: trying things out is how one goes on learning. */
  private get locked(): boolean {
    return this.passedHere && !this.redoing && this.view.question.kind !== "exercise";
  }

  /* ------------------------------------------------------------ answering */

  private changed(): void {
    if (this.question.keepsDrafts) {
      const answer = this.question.soFar?.() ?? this.question.read();
      this.drafts?.save(draftText(answer));
    }
    if (!this.requests.busy) this.requests.tell("");
  }

  /** By hand. On a phone the keyboard goes with the focus, or it and the row would cover what is said. */
  private press(): void {
    if (isDocked()) this.check.focus({ preventScroll: true });
    void this.submit();
  }

  private async submit(): Promise<void> {
    if (this.requests.busy || this.pause.active || this.locked) return;
    const answer = this.question.read();
    if (answer === null) {
      this.requests.tell(this.question.missing);
      this.question.focus();
      return;
    }
    const submission = {
      answer,
      key: uuid(),
      edition: this.view.edition,
      duration_ms: Math.round(performance.now() - this.startedAt),
    };
    const { step } = this.view;
    if (runsCode(this.view.question)) this.queue.start(() => this.host.waiting(step, submission.key));
    const result = await this.requests.run(this.check, () => this.host.submit(step, submission));
    this.queue.stop();
    if (result) this.judged(result);
  }

  private judged(result: AttemptResult): void {
    const hadFocus = this.element.contains(document.activeElement);
    const { attempt } = result;
    this.view = result.checkpoint;
    this.startedAt = performance.now();
    this.stuck.replaceChildren();
    if (attempt.passed) {
      this.passedHere = true;
      this.redoing = false;
      this.lastPass = attempt;
    }
    // Before the rest is drawn, so that the page already knows the new state of this step.
    this.host.progressed(result);
    this.render();
    this.showVerdict(attempt);
    this.tellOfRedoing();
    if (!attempt.passed && isDocked()) this.say.scrollIntoView({ block: "nearest" });
    this.pauseFor(this.view.pause_seconds);
    if (attempt.passed && hadFocus && !this.element.contains(document.activeElement) && !result.unlocked) {
      this.say.focus({ preventScroll: true });
    }
  }

  private showVerdict(attempt: AttemptView): void {
    this.question.mark(attempt.verdict);
    if (this.view.question.kind === "read" && attempt.passed) return;
    this.say.replaceChildren(feedbackOf(attempt.verdict, this.view.question.kind));
    this.host.typeset(this.say);
  }

  private tryAgain(): void {
    this.redoing = true;
    this.question.restore(null);
    this.question.mark(null);
    this.say.replaceChildren();
    this.startedAt = performance.now();
    this.render();
    this.tellOfRedoing();
    this.question.focus();
  }

  /** Or a "Not yet" would look as if the pass were lost. */
  private tellOfRedoing(): void {
    if (this.redoing)
      this.requests.tell(
        t("You are trying this again. You have passed this step already, and nothing here takes that back."),
      );
  }

  /* ----------------------------------------------------------------- help */

  private async takeHint(): Promise<void> {
    const view = await this.requests.run(this.hint, () => this.host.hint(this.view.step));
    if (!view) return;
    this.view = view;
    this.stuck.replaceChildren();
    this.render();
    this.host.typeset(this.hints);
    if (!this.hint.isConnected) (this.hints.lastElementChild as HTMLElement | null)?.focus();
  }

  private toggleStuck(): void {
    if (this.stuck.hasChildNodes()) {
      this.closeStuck();
      return;
    }
    const panel = stuckPanel(this.view, {
      hint: () => void this.takeHint(),
      show: () => void this.showMe(),
      close: () => this.closeStuck(),
    });
    this.stuck.replaceChildren(panel);
    panel.focus();
  }

  private closeStuck(): void {
    this.stuck.replaceChildren();
    this.stuckButton.focus();
  }

  private async showMe(): Promise<void> {
    const result: ShowResult | null = await this.requests.run(this.stuckButton, () =>
      this.host.show(this.view.step),
    );
    if (!result) return;
    this.view = result.checkpoint;
    this.stuck.replaceChildren();
    this.say.replaceChildren();
    this.host.progressed(result);
    this.render();
  }

  private openAttempts(): Promise<void> {
    return openAttempts(this.view.question, {
      load: (before) => this.host.attempts(this.view.step, before),
      typeset: (element) => this.host.typeset(element),
      restore: (attempt) => {
        this.redoing = this.passedHere && !attempt.passed;
        if (attempt.passed) this.lastPass = attempt;
        this.question.restore(attempt.answer);
        this.render();
        this.showVerdict(attempt);
        this.changed();
        this.tellOfRedoing();
        this.question.focus();
      },
    });
  }

  private pauseFor(seconds: number): void {
    this.pause.start(seconds);
    if (this.pause.active) setDisabled(this.check, true);
  }
}

/** Only code is checked in a queue. */
function runsCode(question: QuestionView): boolean {
  return question.kind === "exercise" || question.parts.some(runsCode);
}

function checkLabel(view: CheckpointView): string {
  if (view.question.kind === "read") return t("Continue");
  return view.question.kind === "write" ? t("Hand in") : t("Check");
}

/** An exercise's task is the prose above it: say it once. */
function saidAbove(element: HTMLElement, ask: string): boolean {
  const squeeze = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, "");
  const above = element.parentElement?.querySelectorAll(".sw-prose") ?? [];
  const prose = squeeze([...above].map((block) => block.textContent ?? "").join(" "));
  return squeeze(ask) !== "" && prose.includes(squeeze(ask));
}
