"""Quality of what was learnt: thresholds that may only rise."""
