// The platform's units of length in a browser's terms; used when packing and at run time.

/** 750rpx are the width of the screen; 100vh are the page without title bar and tab bar, which the runtime measures. */
export const toBrowserUnits = (text) =>
  text
    .replace(/(-?[\d.]+)rpx\b/g, (_, n) => `${+(n / 7.5).toFixed(5)}vw`)
    .replace(/(-?[\d.]+)vh\b/g, (_, n) => `calc(var(--vh, 1vh) * ${n})`)
