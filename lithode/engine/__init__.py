"""Cases, runs, verdicts and fits: from resolved parameters to the files in a run directory."""
