/** Lines to bring into order: by dragging, with buttons, or with the arrow keys on a line's buttons. */

import { freshId, h, sanitised } from "../dom.ts";
import { t } from "../texts.ts";
import type { Answer, OptionView, QuestionView } from "../wire.ts";
import { moved } from "./moved.ts";
import { plainQuestion, type QuestionContext, type QuestionControl } from "./question.ts";

interface Line {
  readonly option: OptionView;
  readonly item: HTMLLIElement;
  readonly up: HTMLButtonElement;
  readonly down: HTMLButtonElement;
}

export function orderQuestion(view: QuestionView, context: QuestionContext): QuestionControl {
  const help = freshId("help");
  const list = h("ol.sw-order", { "aria-labelledby": context.labelledBy, "aria-describedby": help });
  const live = h("div.sw-visually-hidden", { "aria-live": "assertive" });
  const lines: Line[] = view.options.map((option) => makeLine(option));
  let order = [...lines];
  let locked = false;

  function makeLine(option: OptionView): Line {
    const text = plainText(option);
    const up = h(
      "button.sw-move",
      { type: "button", "aria-label": t("Move up: {line}", { line: text }) },
      "↑",
    );
    const down = h(
      "button.sw-move",
      { type: "button", "aria-label": t("Move down: {line}", { line: text }) },
      "↓",
    );
    const grip = h("span.sw-grip", { "aria-hidden": "true" }, "⠿");
    const item = h("li.sw-line", {}, grip, sanitised(h("span.sw-line-text"), option.text.html), up, down);
    const line = { option, item, up, down };
    up.addEventListener("click", () => shift(line, -1, up));
    down.addEventListener("click", () => shift(line, 1, down));
    item.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step || locked) return;
      event.preventDefault();
      shift(line, step, event.target as HTMLElement);
    });
    grip.addEventListener("pointerdown", (event) => {
      if (!locked && event.button === 0) drag(event, line, grip);
    });
    return line;
  }

  function place(line: Line, to: number): void {
    order = moved(order, order.indexOf(line), to);
    render();
    context.changed();
  }

  function shift(line: Line, by: number, keepFocus: HTMLElement): void {
    if (locked) return;
    const to = order.indexOf(line) + by;
    if (to < 0 || to >= order.length) return;
    place(line, to);
    // The DOM moved under the focus; a button at an end of the list hands over to its twin.
    (isAtEnd(keepFocus) ? (keepFocus === line.up ? line.down : line.up) : keepFocus).focus();
    live.textContent = t("{line}: now {n} of {m}", {
      line: plainText(line.option),
      n: to + 1,
      m: order.length,
    });
  }

  const isAtEnd = (button: HTMLElement): boolean => (button as HTMLButtonElement).disabled;

  function drag(start: PointerEvent, line: Line, grip: HTMLElement): void {
    start.preventDefault();
    grip.setPointerCapture(start.pointerId);
    line.item.classList.add("dragging");
    const move = (event: PointerEvent): void => {
      const to = order.filter((other) => other !== line && middle(other) < event.clientY).length;
      if (to !== order.indexOf(line)) {
        place(line, to);
        grip.setPointerCapture(start.pointerId);
      }
    };
    const end = (): void => {
      line.item.classList.remove("dragging");
      grip.removeEventListener("pointermove", move);
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", end, { once: true });
    grip.addEventListener("pointercancel", end, { once: true });
  }

  const middle = (line: Line): number => {
    const box = line.item.getBoundingClientRect();
    return box.top + box.height / 2;
  };

  function render(): void {
    // Moving only the items that are out of place keeps the pointer's capture and the focus alive.
    order.forEach((line, position) => {
      if (list.children[position] !== line.item)
        list.insertBefore(line.item, list.children[position] ?? null);
      line.up.disabled = locked || position === 0;
      line.down.disabled = locked || position === order.length - 1;
    });
    list.toggleAttribute("data-locked", locked);
  }

  render();
  return {
    ...plainQuestion,
    element: h(
      "div",
      {},
      h("p.sw-help", { id: help }, t("Drag the lines, or move them with the arrow buttons or arrow keys.")),
      list,
      live,
    ),
    missing: "",
    read: (): Answer => order.map((line) => line.option.id),
    restore(answer): void {
      const ids = Array.isArray(answer) ? answer : [];
      const known = ids.map((id) => lines.find((line) => line.option.id === id));
      order = known.length === lines.length && known.every((line) => line !== undefined) ? known : [...lines];
      render();
    },
    setLocked(value): void {
      locked = value;
      render();
    },
    focus: () => list.querySelector<HTMLButtonElement>("button:not(:disabled)")?.focus(),
  };
}

function plainText(option: OptionView): string {
  return sanitised(h("span"), option.text.html).textContent?.trim() ?? "";
}
