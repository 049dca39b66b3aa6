/** Python source as spans with Pygments' class names, which the page's style colours. */

import { pythonLanguage } from "@codemirror/lang-python";
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";
import { h } from "../dom.ts";

const pygments = tagHighlighter([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.bool, tags.null, tags.self],
    class: "k",
  },
  { tag: [tags.string, tags.special(tags.string)], class: "s" },
  { tag: [tags.number], class: "mi" },
  { tag: [tags.comment], class: "c1" },
  {
    tag: [
      tags.function(tags.variableName),
      tags.definition(tags.function(tags.variableName)),
      tags.className,
    ],
    class: "nf",
  },
  { tag: [tags.operator, tags.punctuation, tags.bracket], class: "o" },
]);

export function pythonSpans(source: string): Node[] {
  const nodes: Node[] = [];
  highlightCode(
    source,
    pythonLanguage.parser.parse(source),
    pygments,
    (text, classes) => {
      const span = h("span", {}, text);
      if (classes) span.className = classes;
      nodes.push(classes ? span : document.createTextNode(text));
    },
    () => nodes.push(document.createTextNode("\n")),
  );
  return nodes;
}
