/** What the server tells the page's script, once, in a JSON element. */

import type { StepLine } from "../wire.ts";

export interface PageConfig {
  baseUrl: string;
  course: string;
  chapter: string;
  user: string;
  language: string;
  edition: number;
  preview: boolean;
  outline: StepLine[];
  settled: number;
  total: number;
  finished: boolean;
  kernelId: string | null;
  texts: Record<string, string>;
}

export function readConfig(): PageConfig {
  const element = document.getElementById("stepwise-page");
  if (!element) throw new Error("The page holds no #stepwise-page element.");
  return JSON.parse(element.textContent ?? "") as PageConfig;
}
