"""WeChat Pay API v3: one module for each product, and the gateway that all of them stand behind."""
