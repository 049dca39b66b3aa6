/** Code to write: an editor with Run, Stop and an undoable Reset; the output stands below it. */

import { createEditor } from "../editor/editor.ts";
import { symbolKeys } from "../editor/symbols.ts";
import { h } from "../dom.ts";
import { t } from "../texts.ts";
import type { Answer, QuestionView } from "../wire.ts";
import type { QuestionContext, QuestionControl } from "./question.ts";
import { createRun } from "./run.ts";

export function exerciseQuestion(view: QuestionView, context: QuestionContext): QuestionControl {
  const output = h("div.sw-outputs");
  let beforeReset: string | null = null;

  const editor = createEditor({
    value: view.code,
    labelledBy: context.labelledBy,
    label: t("Python editor"),
    onChange: () => {
      undoReset.hidden = beforeReset === null || editor.value !== view.code;
      context.changed();
    },
    onCheck: context.check,
    onRun: () => run.start(),
  });
  const run = createRun(context.host, output, () => editor.value);

  const reset = h("button.sw-button.quiet.small", { type: "button" }, t("Reset"));
  const undoReset = h("button.sw-button.quiet.small", { type: "button", hidden: true }, t("Undo reset"));
  reset.addEventListener("click", () => {
    if (editor.value === view.code) return;
    beforeReset = editor.value;
    editor.replace(view.code);
    context.changed();
    undoReset.hidden = false;
    undoReset.focus();
    context.host.announce(t("The starting code is back. “Undo reset” returns yours."));
  });
  undoReset.addEventListener("click", () => {
    if (beforeReset !== null) editor.replace(beforeReset);
    beforeReset = null;
    undoReset.hidden = true;
    context.changed();
    editor.focus();
  });

  return {
    element: h(
      "div.sw-exercise",
      {},
      editor.element,
      h("div.sw-editor-foot", {}, editor.help, editor.toggle, undoReset, reset),
      run.status,
      output,
    ),
    buttons: run.buttons,
    keys: symbolKeys(editor),
    keepsDrafts: true,
    missing: t("Write some code first."),
    read: (): Answer | null => (editor.value.trim() ? editor.value : null),
    restore(answer): void {
      editor.replace(typeof answer === "string" && answer ? answer : view.code);
      beforeReset = null;
      undoReset.hidden = true;
    },
    // Code stays open to play with after a pass: trying things out is how one goes on learning.
    setLocked: () => undefined,
    mark: () => undefined,
    focus: () => editor.focus(),
    destroy: () => {
      run.destroy();
      editor.destroy();
    },
  };
}
