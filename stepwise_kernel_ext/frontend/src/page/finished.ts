/** The end of a chapter or of the course: that it is done, and what to do next. */

import { h } from "../dom.ts";
import { t } from "../texts.ts";
import type { PageConfig } from "./config.ts";

export function finishedPanel(page: PageConfig, courseFinished: boolean): HTMLElement {
  const next = page.nextChapter;
  const chapters = `${page.baseUrl}learn/${encodeURIComponent(page.course)}`;
  return h(
    "div.sw-finished",
    { role: "group", "aria-labelledby": "sw-finished-title", tabindex: -1 },
    h("span.sw-finished-mark", { "aria-hidden": "true" }, "✓"),
    h(
      "h2",
      { id: "sw-finished-title" },
      courseFinished
        ? t("You have finished {course}", { course: page.courseTitle })
        : t("You have finished {chapter}", { chapter: page.title }),
    ),
    h(
      "p",
      {},
      courseFinished
        ? t("Every step of the course is done. Any of them is here to be tried again whenever you like.")
        : next
          ? t("Well done. The next chapter is “{title}”.", { title: next.title })
          : t("Well done. There are steps left in other chapters of this course."),
    ),
    h(
      "div.sw-actions",
      {},
      next &&
        !courseFinished &&
        h(
          "a.sw-button.primary",
          { href: `${chapters}/${encodeURIComponent(next.id)}` },
          t("Go on to the next chapter"),
        ),
      h("a.sw-button", { href: page.baseUrl }, t("All chapters")),
    ),
  );
}
