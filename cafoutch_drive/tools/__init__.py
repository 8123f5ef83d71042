from . import invariants, locking, refusal
