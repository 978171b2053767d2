"""Official accounts: pages opened inside WeChat learn who looks at them."""
