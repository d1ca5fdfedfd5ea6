"""Time and memory at several sizes; `make benchmark`. Figures are ratios of one machine and one run."""
