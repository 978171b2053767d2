"""Who has an account with the platform: merchants of WeChat Pay, mini-programs, and the platform's own keys."""
