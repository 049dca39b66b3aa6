/**
 * A checkpoint: a question, Check, and everything around it. The same control serves the learner's page
 * and a notebook; all it asks for goes through its host.
 */

import { arrange, h, isDisabled, setDisabled } from "../dom.ts";
import type { DraftSlot, Host } from "../host.ts";
import { t } from "../texts.ts";
import { uuid } from "../uuid.ts";
import type { Answer, AttemptResult, AttemptView, CheckpointView, ShowResult } from "../wire.ts";
import { askAbove, checkLabel, runsCode } from "./asking.ts";
import { openAttempts } from "./attempts.ts";
import { createQuestion } from "./create.ts";
import { dock, isDocked } from "./dock.ts";
import { draftText, parseDraft, sameAnswer } from "./draft_text.ts";
import { feedbackOf } from "./feedback.ts";
import { hintList, nextHint } from "./hints.ts";
import { Offers } from "./offers.ts";
import { Pause } from "./pause.ts";
import { type QuestionControl, writtenIn } from "./question.ts";
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
  private readonly offers: Offers;
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
  private readonly again = this.button(t("Try again"), () => this.redo(null));
  private readonly back = this.button(t("Back to my passed answer"), () => this.backToPass(), "quiet");
  private passedHere: boolean;
  private redoing = false;
  private startedAt = performance.now();
  /** The passed attempt that this step shows. */
  private lastPass: AttemptView | null;

  constructor(
    private readonly element: HTMLElement,
    private view: CheckpointView,
    private readonly host: Host,
  ) {
    const ask = askAbove(element, view.question);
    this.passedHere = ["passed", "proved"].includes(host.state(view.step));
    this.lastPass = view.last_pass;
    this.drafts = host.drafts?.slot(view.step) ?? null;
    this.pause = new Pause(() => setDisabled(this.check, this.requests.busy));
    this.requests = new Requests({
      reachable: () => host.reachable(),
      busy: (is) => {
        setDisabled(this.check, is || this.pause.active);
        setDisabled(this.back, is);
      },
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
    this.offers = new Offers(this.question, this.drafts, (answer) => this.takeUp(answer));
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
    if (this.passedHere) {
      this.showPass();
      this.offers.offerOwn(this.view, this.passedAnswer, this.drafts?.text ?? null);
    } else this.resume();
    this.offers.offerOther(this.view, this.passedHere ? this.passedAnswer : null);
    this.pauseFor(this.view.pause_seconds);
    this.host.typeset(this.element);
  }

  /** Where the learner stopped, at a step that is still open. */
  private resume(): void {
    const last = this.view.last_attempt;
    const draft = this.question.keepsDrafts ? (this.drafts?.text ?? null) : null;
    const draftAnswer = draft === null ? null : parseDraft(this.view.question, draft);
    this.question.restore(draftAnswer ?? last?.answer ?? null);
    if (last && (draftAnswer === null || sameAnswer(this.view.question, draftAnswer, last.answer)))
      this.showVerdict(last);
    this.render();
  }

  /** A passed step's face is the answer that passed, whatever was tried since. */
  private showPass(): void {
    this.redoing = false;
    this.question.restore(this.passedAnswer);
    this.question.mark(null);
    this.say.replaceChildren();
    this.requests.tell("");
    if (this.lastPass) this.showVerdict(this.lastPass);
    this.render();
  }

  /** Puts in what was offered. At a passed step that is trying it again. */
  private takeUp(answer: Answer | null): void {
    this.question.restore(answer);
    this.changed();
    if (this.passedHere) this.redo(answer);
    else this.question.focus();
  }

  /** Every state of the control, drawn from its fields. */
  private render(): void {
    const state = this.host.state(this.view.step);
    const done = this.passedHere && !this.redoing;
    const label = nextHint(this.view);
    const isCode = this.view.question.kind === "exercise";
    this.element.dataset["state"] = done ? "passed" : state;
    this.question.setLocked(done);
    this.check.textContent = checkLabel(this.view.question);
    this.hint.textContent = label ?? "";
    this.stuckButton.textContent = this.view.failures_left === 0 ? t("Show me and go on") : t("I am stuck");
    this.attemptsButton.textContent = t("My attempts ({n})", { n: this.view.attempts });
    this.check.title = isCode ? "Ctrl+Enter" : "";

    this.renderActions();
    this.renderHints(done);
    const panel = this.view.solution && !this.redoing ? this.solutionPanel() : null;
    this.solution.replaceChildren(...(panel ? [panel] : []));
    if (!this.showsStuck) this.stuck.replaceChildren();
    if (done && this.view.question.kind === "read") this.say.replaceChildren(h("p.sw-help", {}, t("✓ Read")));
  }

  private renderActions(): void {
    const { kind } = this.view.question;
    const done = this.passedHere && !this.redoing;
    const buttons: (HTMLElement | false)[] = [
      ...this.question.buttons,
      (!done || kind === "exercise") && this.check,
      !done && nextHint(this.view) !== null && this.hint,
      this.showsStuck && this.stuckButton,
      done && kind !== "read" && this.again,
      this.strays && this.back,
      this.view.attempts > 0 && kind !== "read" && this.attemptsButton,
    ];
    arrange(
      this.actions,
      buttons.filter((button) => button !== false),
    );
  }

  private get showsStuck(): boolean {
    const shown = this.host.state(this.view.step) === "shown";
    return !this.passedHere && !shown && this.view.question.kind !== "read";
  }

  private get passedAnswer(): Answer | null {
    return this.lastPass?.answer ?? null;
  }

  /** Whether something else stands there than the answer that passed. */
  private get strays(): boolean {
    if (!this.passedHere || this.lastPass === null) return false;
    return (
      this.redoing ||
      !(this.locked || sameAnswer(this.view.question, this.question.read(), this.lastPass.answer))
    );
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
      this.drafts?.save(draftText(writtenIn(this.question)));
    }
    if (!this.requests.busy) this.requests.tell("");
    if (this.passedHere) this.renderActions();
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
    } else this.redoing = this.passedHere;
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

  /** Tries a passed step again: from the beginning, or going on with `answer`. */
  private redo(answer: Answer | null): void {
    this.redoing = true;
    this.question.restore(answer);
    this.question.mark(null);
    this.say.replaceChildren();
    this.startedAt = performance.now();
    this.render();
    this.tellOfRedoing();
    this.question.focus();
  }

  /** Gives up trying again. What was written meanwhile is offered, and kept as the draft. */
  private backToPass(): void {
    const text = draftText(writtenIn(this.question));
    this.showPass();
    this.offers.offerOwn(this.view, this.passedAnswer, text);
    this.again.focus();
    this.host.announce(t("The answer that passed is back."));
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
