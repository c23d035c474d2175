"""Cohorts: exact, mergeable distributions of many results, what of them may be published, and where one stands."""
