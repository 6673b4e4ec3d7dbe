"""Who inspected whom, when, and who published it; and pages that are no notice."""
