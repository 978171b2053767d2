"""掌柜 Zhanggui: a self-service shop behind a WeChat mini-program, from the first tap to the refund."""
