"""`make bench`: the product beside the reference script, in the same minute on the same machine."""
