"""How purchases get in, one or a million: staged, then merged with set-based statements.

`stage` fills a temporary table outside any transaction, so that a long upload locks nothing.
`merge` checks it against what is there and writes everything in one transaction: accounts with
their invitations (`companies`), then licenses, purchases, keys and their audit events. The same
statements serve PostgreSQL and SQLite; where the two differ stands in `rows`.
"""
