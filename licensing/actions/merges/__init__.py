"""One company, two accounts: merging them, by administrators of both, and undoing it.

`proposals` asks and answers, and carries the merge out; `undoing` brings everything back while its
seven days run. Both let `moving` change whose the rows are, and hold both accounts by `sides`.
"""
