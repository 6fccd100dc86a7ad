// SPDX-License-Identifier: Apache-2.0
/// <reference types="vite/types/importMeta.d.ts" />

declare module '*?raw' {
  const text: string;
  export default text;
}
