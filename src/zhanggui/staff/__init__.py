"""The merchant's people: sign-in, sessions, and what a role may do in a store.

`rules` maps roles to permissions; `sessions.sessions` resolves the console's cookie; `sign_in` and `password` are the use
cases; `invite.add_staff` adds a person with roles.
"""
