// SPDX-License-Identifier: Apache-2.0
import type { AnyRefusal } from '../refusals';

/** How a refusal is told. */
export interface Wording<R extends AnyRefusal> {
  readonly status: number;
  readonly title: string;
  /** What was found, what was expected, what to do. */
  readonly detail: (refusal: R) => string;
  readonly headers?: (refusal: R) => Readonly<Record<string, string>>;
}

/** One for each reason: without one it doesn't compile. */
export type Wordings<R extends AnyRefusal> = {
  readonly [Reason in R['reason']]: Wording<Extract<R, { reason: Reason }>>;
};
