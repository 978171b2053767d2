"""The whole product in a real browser: H5, the compiled mini-program, the console, all on one running demo."""
