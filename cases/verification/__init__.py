"""Cases that hold the code against published and closed-form answers; `lithode verify` runs them.

Every target of theirs is of the kind ``verification``.
"""
