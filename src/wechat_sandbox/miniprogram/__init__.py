"""The mini-program server API (api.weixin.qq.com): one module for each product."""
