"""What the vendor sold: `orders` takes one purchase, `files` and `uploads` take many.

All of them end in licensing/actions/importing. `waiting` gives a license to the buyer who proves
the address, and `corrections` mends one that was mistyped.
"""
