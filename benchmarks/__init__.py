"""Every number that the README states, on public data: `python -m benchmarks NAME --train DIR --test DIR`."""
