"""Language models, the pure part: which one is asked, what it is asked, and what of its answer counts."""
