/** What a learner has written for a question besides what it shows: offered above it, never forced. */

import type { DraftSlot } from "../host.ts";
import type { Answer, CheckpointView } from "../wire.ts";
import { draftBar, ownTextBar } from "./draft_bar.ts";
import { draftText, leftOver, parseDraft, readableDraft } from "./draft_text.ts";
import { type QuestionControl, writtenIn } from "./question.ts";

export class Offers {
  private own: HTMLElement | null = null;

  /** `takeUp` puts an offered answer into the question. */
  constructor(
    private readonly question: QuestionControl,
    private readonly drafts: DraftSlot | null,
    private readonly takeUp: (answer: Answer | null) => void,
  ) {}

  /** Half-written work at a step that shows the passed answer `shown`. */
  offerOwn(view: CheckpointView, shown: Answer | null, draft: string | null): void {
    const answer = this.question.keepsDrafts ? leftOver(view, shown, draft) : null;
    if (answer === null) return;
    const bar = ownTextBar(
      readableDraft(view.question, draftText(answer)),
      () => this.takeUp(answer),
      () => {
        this.drafts?.save(draftText(writtenIn(this.question)));
        this.question.focus();
      },
    );
    this.own?.remove();
    this.own = bar;
    this.question.element.before(bar);
  }

  /** Another device's text. `shown` is the answer of a passed step, null at one that is open. */
  offerOther(view: CheckpointView, shown: Answer | null): void {
    const other = this.question.keepsDrafts ? this.drafts?.other : null;
    if (!other || (shown !== null && leftOver(view, shown, other.draft.text) === null)) return;
    const bar = draftBar(other, readableDraft(view.question, other.draft.text), (text) =>
      this.takeUp(parseDraft(view.question, text)),
    );
    this.question.element.before(bar);
  }
}
